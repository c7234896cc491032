package lines

import (
	"os/exec"
	"strings"
	"testing"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// odd is an id that a shell would take apart.
const odd = `it's;$HOME!(1)`

func device(id string) Device {
	return Device{
		Connection: connstr.Device{HostName: "localhost", DeviceID: id, Key: secret.New("a2V5")},
		MQTTAddr:   "127.0.0.1:18883", CAFile: "/tmp/a b/ca.pem",
	}
}

// words are those that a real shell makes of a line.
func words(t *testing.T, line string) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", "set -- "+line+`; for w in "$@"; do printf '%s\n' "$w"; done`).Output()
	if err != nil {
		t.Skipf("no shell: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestMosquitto(t *testing.T) {
	got := words(t, device(odd).Mosquitto("SharedAccessSignature sr=x&sig=y"))
	want := []string{
		"mosquitto_pub", "-h", "127.0.0.1", "-p", "18883", "--cafile", "/tmp/a b/ca.pem", "-V", "mqttv311", "-q", "1",
		"-i", odd, "-u", "localhost/" + odd + "/?api-version=2021-04-12", "-P", "SharedAccessSignature sr=x&sig=y",
		"-t", "devices/" + odd + "/messages/events/", "-m", message,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
}

func TestMosquittoOfAHubThatTheSystemTrusts(t *testing.T) {
	d := Device{Connection: connstr.Device{HostName: "h.azure-devices.net", DeviceID: "d", X509: true}}
	line := d.Mosquitto("")
	if strings.Contains(line, "--cafile") || !strings.Contains(line, "-h h.azure-devices.net -p 8883 --tls-use-os-certs") || !strings.Contains(line, "--cert device.pem") {
		t.Error(line)
	}
}

// TestOfAModule: it has a client id and a topic of its own, and other classes in the SDKs.
func TestOfAModule(t *testing.T) {
	d := device("gate-1")
	d.Connection.ModuleID = "camera"
	line := d.Mosquitto("token")
	for _, want := range []string{" -i gate-1/camera ", " -u 'localhost/gate-1/camera/?api-version=2021-04-12' ", " -t devices/gate-1/modules/camera/messages/events/ "} {
		if !strings.Contains(line, want) {
			t.Errorf("%q has no %q", line, want)
		}
	}
	if got := d.Node(); !strings.Contains(got, "{ModuleClient,Message}") || !strings.Contains(got, "=ModuleClient.from") || !strings.Contains(got, "ModuleId=camera") {
		t.Error(got)
	}
	if got := d.Python(); !strings.Contains(got, "import IoTHubModuleClient as C") || !strings.Contains(got, "ModuleId=camera") {
		t.Error(got)
	}
}

func TestScriptsAreOneWord(t *testing.T) {
	node := words(t, strings.TrimPrefix(device(odd).Node(), "NODE_EXTRA_CA_CERTS='/tmp/a b/ca.pem' "))
	python := words(t, device(odd).Python())
	for _, got := range [][]string{node, python} {
		if len(got) != 3 || !strings.Contains(got[2], `"HostName=localhost;DeviceId=`+odd+`;SharedAccessKey=a2V5"`) {
			t.Errorf("got %q", got)
		}
	}
}
