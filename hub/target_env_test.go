package hub_test

import (
	"encoding/pem"
	"errors"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/connstr"
)

const (
	localService  = "HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=" + key
	localEventHub = "Endpoint=sb://localhost:5672/;SharedAccessKeyName=iothubowner;SharedAccessKey=" + key + ";EntityPath=localhost;UseDevelopmentEmulator=true"
	azureService  = "HostName=myhub.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=" + key
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestTargetFromEnv(t *testing.T) {
	ca := caFile(t)
	local := map[string]string{
		"IOTHUB_CONNECTION_STRING": localService, "EVENTHUB_CONNECTION_STRING": localEventHub, "HUBSCOPE_CA_FILE": ca,
		"HUBSCOPE_HTTPS_PORT": "10443", "HUBSCOPE_MQTT_PORT": "18883", "HUBSCOPE_AMQP_PORT": "15671",
	}
	named := maps.Clone(local)
	named["IOTHUB_CONNECTION_STRING"] = azureService // made with --name: resolves to another place, or nowhere
	named["EVENTHUB_CONNECTION_STRING"] = strings.Replace(localEventHub, "localhost:", "[::1]:", 1)
	portsOnly := map[string]string{"HUBSCOPE_HTTPS_PORT": "10443", "HUBSCOPE_CA_FILE": ca}
	for _, c := range []struct {
		name, flag string
		env        map[string]string
		host       string
		https      string
		mqtt       string
		eventHub   bool
		tls        bool
	}{
		{"nothing", "", nil, "", "", "", false, false},
		{"all of a local hub", "", local, "localhost", "localhost:10443", "localhost:18883", true, true},
		{"flag for another host", azureService, local, "myhub.azure-devices.net", "", "", false, false},
		{"flag for the same host", strings.Replace(localService, "localhost", "LOCALHOST:443", 1), local, "LOCALHOST:443", "localhost:10443", "localhost:18883", false, true},
		{"name of the certificate only", "", named, "myhub.azure-devices.net", "[::1]:10443", "[::1]:18883", true, true},
		{"flag and ports", localService, portsOnly, "localhost", "localhost:10443", "", false, true},
		{"only an event hub", "", map[string]string{"EVENTHUB_CONNECTION_STRING": localEventHub}, "", "", "", true, false},
		{"event hub by flag", localEventHub, nil, "", "", "", true, false},
		{"flag saves a broken variable", azureService, map[string]string{"IOTHUB_CONNECTION_STRING": "nonsense"}, "myhub.azure-devices.net", "", "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := hub.TargetFromEnv(env(c.env), c.flag)
			if err != nil {
				t.Fatal(err)
			}
			if got.Service.HostName != c.host || got.HTTPSAddr != c.https || got.MQTTAddr != c.mqtt || (got.EventHub != nil) != c.eventHub || (got.TLS != nil) != c.tls {
				t.Errorf("got %+v", got)
			}
			if got.IsZero() != (c.name == "nothing") || got.Local != (c.https != "") {
				t.Errorf("IsZero %v, Local %v", got.IsZero(), got.Local)
			}
		})
	}
}

func TestTargetFromEnvRefuses(t *testing.T) {
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, flag, variable, value, says string
	}{
		{"malformed flag", "HostName=h", "", "", "SharedAccessKeyName is missing"},
		{"malformed variable", "", "IOTHUB_CONNECTION_STRING", "HostName=h", "SharedAccessKeyName is missing"},
		{"a device's", "HostName=h;DeviceId=d;SharedAccessKey=" + key, "", "", "is that of a device"},
		{"port", localService, "HUBSCOPE_MQTT_PORT", "many", "HUBSCOPE_MQTT_PORT is not a port number"},
		{"port 0", localService, "HUBSCOPE_AMQP_PORT", "0", "HUBSCOPE_AMQP_PORT is not a port number"},
		{"no file", localService, "HUBSCOPE_CA_FILE", "/no/such/file", "cannot be read"},
		{"not PEM", localService, "HUBSCOPE_CA_FILE", notPEM, "no PEM certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := hub.TargetFromEnv(env(map[string]string{c.variable: c.value}), c.flag)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), key) {
				t.Fatalf("err = %v", err)
			}
			var text *connstr.Error
			var setting *hub.SettingError
			if !errors.As(err, &text) && !errors.As(err, &setting) {
				t.Errorf("err is a %T", err)
			}
			if sentence, next := hub.Explain(err); sentence == "" || next == "" {
				t.Errorf("Explain gives %q, %q", sentence, next)
			}
		})
	}
}

func caFile(t *testing.T) string {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
