package mosquitto

import (
	"context"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"hubscope/device/topic"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// startHub starts a whole local hub on free ports.
func startHub(t *testing.T) *localhub.Hub {
	t.Helper()
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return h
}

// device is what somebody types who uses mosquitto_pub as a device: the CA file, the names, a SAS token as
// the password.
type device struct {
	t    *testing.T
	hub  *localhub.Hub
	id   string
	key  secret.Text
	flag map[string]string
}

// newDevice makes the identity over REST.
func newDevice(t *testing.T, h *localhub.Hub, id string) device {
	t.Helper()
	client, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	created, err := client.CreateDevice(t.Context(), hub.Device{DeviceID: id})
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(h.Target().MQTTAddr)
	if err != nil {
		t.Fatal(err)
	}
	d := device{t: t, hub: h, id: id, key: created.Auth.Primary}
	d.flag = map[string]string{
		"-h": host, "-p": port, "--cafile": h.CAFile(), "-V": "mqttv311", "-i": id,
		"-u": topic.Username("localhost", id, ""),
		"-P": d.token(time.Now().Add(time.Hour)),
	}
	return d
}

func (d device) token(expiry time.Time) string {
	d.t.Helper()
	token, err := sas.IoTHub("localhost/devices/"+d.id, d.key, "", expiry)
	if err != nil {
		d.t.Fatal(err)
	}
	return token.Reveal()
}

// with is the device with a flag set otherwise, or not at all when value is empty.
func (d device) with(flag, value string) device {
	changed := make(map[string]string, len(d.flag))
	for f, v := range d.flag {
		changed[f] = v
	}
	changed[flag] = value
	d.flag = changed
	return d
}

func (d device) arguments() []string {
	var all []string
	for f, v := range d.flag {
		if v != "" {
			all = append(all, f, v)
		}
	}
	return all
}

// run runs a program as the device and returns its words.
func (d device) run(name, input string, more ...string) (string, error) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program(d.t, name), append(d.arguments(), more...)...)
	command.Stdin = strings.NewReader(input)
	output, err := command.CombinedOutput()
	return string(output), err
}

// publish runs mosquitto_pub on the device's telemetry topic with a property bag.
func (d device) publish(bag, input string, more ...string) {
	d.t.Helper()
	output, err := d.run("mosquitto_pub", input, append([]string{"-t", "devices/" + d.id + "/messages/events/" + bag}, more...)...)
	if err != nil {
		d.t.Fatalf("mosquitto_pub: %v\n%s", err, output)
	}
}

// start starts a program as the device, waits until the hub shows the device as connected, and returns what
// kills the program.
func (d device) start(path string, more ...string) (kill func()) {
	d.t.Helper()
	command := exec.CommandContext(d.t.Context(), path, append(d.arguments(), more...)...)
	if err := command.Start(); err != nil {
		d.t.Fatal(err)
	}
	kill = func() {
		command.Process.Kill()
		command.Wait()
	}
	d.t.Cleanup(kill)
	deadline := time.Now().Add(20 * time.Second)
	for {
		identity, err := d.hub.Core().Device(d.id)
		if err != nil {
			d.t.Fatal(err)
		}
		if identity.ConnectionState == wire.Connected {
			return kill
		}
		if time.Now().After(deadline) {
			d.t.Fatal("the device does not connect")
		}
		time.Sleep(10 * time.Millisecond)
	}
}
