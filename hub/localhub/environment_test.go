package localhub_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
)

func TestEnvironment(t *testing.T) {
	h := start(t, localhub.Options{Names: []string{"hub.example.net"}})
	var names []string
	for _, v := range h.Environment() {
		names = append(names, v.Name)
	}
	const want = "IOTHUB_CONNECTION_STRING EVENTHUB_CONNECTION_STRING NODE_EXTRA_CA_CERTS HUBSCOPE_CA_FILE " +
		"HUBSCOPE_HTTPS_PORT HUBSCOPE_MQTT_PORT HUBSCOPE_AMQP_PORT HUBSCOPE_AMQP_PLAIN_PORT"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("names = %s, want %s", got, want)
	}
	values := environment(h)
	service, err := connstr.ParseService(values["IOTHUB_CONNECTION_STRING"])
	if err != nil || service.HostName != "hub.example.net" || service.PolicyName != "iothubowner" {
		t.Errorf("service = %v, %v", service, err)
	}
	events, err := connstr.ParseEventHub(values["EVENTHUB_CONNECTION_STRING"])
	if err != nil || !events.Emulator || events.EntityPath != "hub" || events.Host != "localhost:"+values["HUBSCOPE_AMQP_PLAIN_PORT"] {
		t.Errorf("event hub = %v, %v", events, err)
	}
	if _, err := os.Stat(values["HUBSCOPE_CA_FILE"]); err != nil || values["NODE_EXTRA_CA_CERTS"] != values["HUBSCOPE_CA_FILE"] {
		t.Errorf("CA file: %v", err)
	}
}

// What a shell makes of the lines is what was meant.
func TestEnvironmentInAShell(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell here")
	}
	for _, value := range []string{
		"plain", "", "HostName=localhost;SharedAccessKeyName=a;SharedAccessKey=b==", "it's", `"$HOME" \ & ; | * ~`, "two\nlines", "'", "''", "~/x", "# no comment",
	} {
		var script bytes.Buffer
		if err := localhub.WriteEnvironment(&script, []localhub.Variable{{Name: "V", Value: value}}); err != nil {
			t.Fatal(err)
		}
		script.WriteString(`printf %s "$V"`)
		got, err := exec.CommandContext(t.Context(), shell, "-c", script.String()).Output()
		if err != nil || string(got) != value {
			t.Errorf("%s gives %q, %v, want %q", script.String(), got, err, value)
		}
	}
}
