package core

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hubscope/hub/sas"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// sign makes a token for the hub "localhost".
func sign(t testing.TB, resource string, key string, policy string, expiry time.Time) string {
	t.Helper()
	token, err := sas.IoTHub(resource, secret.New(key), policy, expiry)
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

// Protocol 0.1, 1.2.4, 1.2.6, 1.2.7, 1.2.8, 1.2.9, 1.3.2.
func TestAuthenticate(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	h := openHub(t, Options{Names: []string{"localhost", "hub.example.net"}, Now: func() time.Time { return now }})
	d := createDevice(t, h, "wind-1")
	primary, secondary := d.Authentication.SymmetricKey.PrimaryKey, d.Authentication.SymmetricKey.SecondaryKey
	if _, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "off", Status: wire.Disabled, Authentication: d.Authentication}); err != nil {
		t.Fatal(err)
	}
	owner, _ := h.Policy("iothubowner")
	service, _ := h.Policy("service")
	hour := now.Add(time.Hour)
	eventHub := func(resource string, p Policy) string {
		return sas.EventHubs(resource, p.Secondary, p.Name, hour).Reveal()
	}

	for _, c := range []struct {
		name, token string
		want        Principal
		code        int
	}{
		{"device, primary key", sign(t, "localhost/devices/wind-1", primary, "", hour), Principal{Rights: DeviceConnect, ID: ID{Device: "wind-1"}, Path: "devices/wind-1"}, 0},
		{"device, secondary key", sign(t, "LOCALHOST/devices/wind-1", secondary, "", hour), Principal{Rights: DeviceConnect, ID: ID{Device: "wind-1"}, Path: "devices/wind-1"}, 0},
		{"other name, port", sign(t, "hub.example.net:8883/devices/wind-1", primary, "", hour), Principal{Rights: DeviceConnect, ID: ID{Device: "wind-1"}, Path: "devices/wind-1"}, 0},
		{"policy", sign(t, "localhost", owner.Primary.Reveal(), "iothubowner", hour), Principal{Policy: "iothubowner", Rights: owner.Rights}, 0},
		{"policy on behalf of a device", sign(t, "localhost/devices/wind-1", owner.Secondary.Reveal(), "iothubowner", hour), Principal{Policy: "iothubowner", Rights: owner.Rights, Path: "devices/wind-1"}, 0},
		{"Event Hubs client", eventHub("sb://localhost:5672/localhost/", service), Principal{Policy: "service", Rights: ServiceConnect, Path: "localhost"}, 0},
		{"expired within the skew", sign(t, "localhost/devices/wind-1", primary, "", now.Add(-4*time.Minute)), Principal{Rights: DeviceConnect, ID: ID{Device: "wind-1"}, Path: "devices/wind-1"}, 0},

		{"expired", sign(t, "localhost/devices/wind-1", primary, "", now.Add(-6*time.Minute)), Principal{}, CodeUnauthorized},
		{"other hub", sign(t, "elsewhere.example.net/devices/wind-1", primary, "", hour), Principal{}, CodeUnauthorized},
		{"unknown device", sign(t, "localhost/devices/unknown", primary, "", hour), Principal{}, CodeUnauthorized},
		{"case of the id", sign(t, "localhost/devices/Wind-1", primary, "", hour), Principal{}, CodeUnauthorized},
		{"key of nobody", sign(t, "localhost/devices/wind-1", newKey(), "", hour), Principal{}, CodeUnauthorized},
		{"disabled", sign(t, "localhost/devices/off", primary, "", hour), Principal{}, CodeDeviceDisabled},
		{"disabled, wrong key", sign(t, "localhost/devices/off", newKey(), "", hour), Principal{}, CodeUnauthorized},
		{"module that is not there", sign(t, "localhost/devices/wind-1/modules/m", primary, "", hour), Principal{}, CodeUnauthorized},
		{"unknown policy", sign(t, "localhost", newKey(), "nobody", hour), Principal{}, CodeUnauthorized},
		{"wrong policy key", sign(t, "localhost", newKey(), "iothubowner", hour), Principal{}, CodeUnauthorized},
		{"key of another policy", sign(t, "localhost", service.Primary.Reveal(), "iothubowner", hour), Principal{}, CodeUnauthorized},
		{"device key for the whole hub", sign(t, "localhost", primary, "", hour), Principal{}, CodeUnauthorized},
		{"nothing", "", Principal{}, CodeUnauthorized},
		{"no token", "SharedAccessSignature sr=localhost", Principal{}, CodeUnauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := h.Authenticate(c.token)
			if c.code != 0 {
				wantCode(t, err, c.code)
				if strings.Contains(fmt.Sprint(err), "sig=") {
					t.Errorf("a token is in %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid([]byte(got.AuthMethod)) || got.Expiry.IsZero() {
				t.Errorf("auth method %q, expiry %v", got.AuthMethod, got.Expiry)
			}
			got.AuthMethod, got.Expiry, got.foldCase = "", time.Time{}, false
			if got != c.want {
				t.Errorf("principal = %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestPolicyKeyCheck(t *testing.T) {
	h := openHub(t, Options{})
	owner, _ := h.Policy("IotHubOwner")
	for _, key := range []secret.Text{owner.Primary, owner.Secondary} {
		if p, err := h.PolicyKeyCheck("iothubowner", key.Reveal()); err != nil || p.Policy != "iothubowner" || p.Rights != owner.Rights {
			t.Errorf("principal = %+v, %v", p, err)
		}
	}
	for _, wrong := range [][2]string{{"iothubowner", ""}, {"iothubowner", newKey()}, {"nobody", owner.Primary.Reveal()}, {"service", owner.Primary.Reveal()}} {
		_, err := h.PolicyKeyCheck(wrong[0], wrong[1])
		wantCode(t, err, CodeUnauthorized)
	}
}

// Protocol 1.2.5, 1.3.3.
func TestAllows(t *testing.T) {
	for _, c := range []struct {
		p    Principal
		r    Rights
		path string
		want bool
	}{
		{Principal{Rights: RegistryRead}, RegistryRead, "devices/d", true},
		{Principal{Rights: RegistryRead}, RegistryRead | RegistryWrite, "devices/d", false},
		{Principal{Rights: DeviceConnect, Path: "devices/d"}, DeviceConnect, "devices/d/messages/events", true},
		{Principal{Rights: DeviceConnect, Path: "devices/d"}, DeviceConnect, "devices/dx", false},
		{Principal{Rights: DeviceConnect, Path: "devices/d"}, DeviceConnect, "devices/D", false},
		{Principal{Rights: DeviceConnect, Path: "devices/d"}, DeviceConnect, "devices", false},
		{Principal{Rights: ServiceConnect, Path: "messages/events"}, ServiceConnect, "Messages/Events/ConsumerGroups/$Default", true},
		{Principal{Rights: ServiceConnect, Path: "hub/consumergroups/$default"}, ServiceConnect, "hub/ConsumerGroups/$Default/Partitions/0", true},
	} {
		if got := c.p.Allows(c.r, c.path); got != c.want {
			t.Errorf("%+v allows %v on %s = %v", c.p, c.r, c.path, got)
		}
	}
}

func FuzzAuthenticate(f *testing.F) {
	h := openHub(f, Options{})
	owner, _ := h.Policy("iothubowner")
	f.Add(sign(f, "localhost", owner.Primary.Reveal(), "iothubowner", time.Now().Add(time.Hour)))
	f.Add("SharedAccessSignature sr=localhost%2Fdevices%2Fd&sig=x&se=9999999999")
	f.Add("SharedAccessSignature sr=sb://localhost/&sig=&se=0&skn=service")
	f.Fuzz(func(t *testing.T, token string) {
		p, err := h.Authenticate(token)
		if err == nil && p.Policy != "iothubowner" {
			t.Errorf("%q was accepted as %+v", token, p)
		}
	})
}
