package mosquitto

import (
	"context"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/wire"
)

// device is what somebody types who uses mosquitto_pub as a device: the CA file, the names, and a SAS token as
// the password or the files of a certificate.
type device struct {
	t    *testing.T
	hub  *station.Station
	id   station.Identity
	flag map[string]string
}

// newDevice makes a device with keys.
func newDevice(t *testing.T, s *station.Station, id string) device {
	t.Helper()
	return as(t, s, s.Device(id))
}

// as is a device or module that is there.
func as(t *testing.T, s *station.Station, i station.Identity) device {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Hub.Target().MQTTAddr)
	if err != nil {
		t.Fatal(err)
	}
	d := device{t: t, hub: s, id: i}
	d.flag = map[string]string{
		"-h": host, "-p": port, "--cafile": s.Hub.CAFile(), "-V": "mqttv311", "-i": i.ClientID(),
		"-u": "localhost/" + i.ClientID() + "/?api-version=2021-04-12",
	}
	if i.Certificate == nil {
		d.flag["-P"] = s.Token(i)
	} else {
		d.flag["--cert"], d.flag["--key"] = station.WritePEM(t, *i.Certificate)
	}
	return d
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

// publish runs mosquitto_pub on the identity's telemetry topic with a property bag.
func (d device) publish(bag, input string, more ...string) {
	d.t.Helper()
	output, err := d.run("mosquitto_pub", input, append([]string{"-t", d.id.Path() + "/messages/events/" + bag}, more...)...)
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
	d.hub.Until("the device connects", func() bool {
		identity, err := d.hub.Hub.Core().Device(d.id.DeviceID)
		return err == nil && identity.ConnectionState == wire.Connected
	})
	return kill
}
