package mosquitto

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/localhub/interop/station"
)

// What somebody sends who follows "use MQTT without an SDK" in the documentation of IoT Hub (protocol 4).
// Protocol 4.1.20, 4.2.9.
func TestPublish(t *testing.T) {
	program(t, "mosquitto_pub")
	h := station.Start(t)
	d := newDevice(t, h, "mos-1")
	binary := make([]byte, 4096)
	for i := range binary {
		binary[i] = byte(i)
	}
	file := filepath.Join(t.TempDir(), "binary")
	if err := os.WriteFile(file, binary, 0o600); err != nil {
		t.Fatal(err)
	}

	d.publish("%24.mid=m-1&%24.cid=c%2F1&%24.ct=application%2Fjson&%24.ce=utf-8&Property=PropMsg_1&k%20e=v%26", "", "-q", "1", "-m", `{"windSpeed":13.4}`)
	d.publish("", "", "-q", "0", "-m", "at QoS 0")
	d.publish("", "", "-q", "1", "-r", "-m", "retained")
	d.publish("", "", "-q", "1", "-f", file)
	d.publish("", "", "-q", "1", "-n", "-c")

	events := h.Events(5, 0)
	for i, want := range []string{`{"windSpeed":13.4}`, "at QoS 0", "retained", string(binary), ""} {
		if got := string(events[i].Body); got != want {
			t.Errorf("event %d: %q, want %q", i, got, want)
		}
	}
	checkFirst(t, events[0])
	if events[2].Properties["mqtt-retain"] != "true" {
		t.Errorf("retained: %v", events[2].Properties)
	}
}

func checkFirst(t *testing.T, e station.Event) {
	t.Helper()
	if *e.MessageID != "m-1" || e.CorrelationID != "c/1" || *e.ContentType != "application/json" {
		t.Errorf("message id %v, correlation id %v, content type %v", *e.MessageID, e.CorrelationID, *e.ContentType)
	}
	if diff := cmp.Diff(map[string]any{"Property": "PropMsg_1", "k e": "v&"}, e.Properties); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]any{
		"iothub-connection-device-id": "mos-1",
		"iothub-message-source":       "Telemetry",
	} {
		if got := e.SystemProperties[name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	method, _ := e.SystemProperties["iothub-connection-auth-method"].(string)
	if !strings.Contains(method, `"type":"sas"`) {
		t.Errorf("auth method %q", method)
	}
}

// 10,000 messages at QoS 1 from two devices at once: none lost, none twice, in order for each device.
// Protocol 4.3.2.
func TestPublishMany(t *testing.T) {
	program(t, "mosquitto_pub")
	h := station.Start(t)
	const each = 5000
	var lines strings.Builder
	for i := range each {
		fmt.Fprintln(&lines, i)
	}
	devices := []device{newDevice(t, h, "mos-1"), newDevice(t, h, "mos-2")}
	sent := make(chan error)
	for _, d := range devices {
		go func() {
			output, err := d.run("mosquitto_pub", lines.String(), "-q", "1", "-l", "-t", d.id.Path()+"/messages/events/")
			if err != nil {
				err = fmt.Errorf("%w: %s", err, output)
			}
			sent <- err
		}()
	}
	for range devices {
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
	next := map[any]int{}
	for _, e := range h.Events(len(devices)*each, 0) {
		from := e.SystemProperties["iothub-connection-device-id"]
		if got := string(e.Body); got != strconv.Itoa(next[from]) {
			t.Fatalf("%v: message %d is %s", from, next[from], got)
		}
		next[from]++
	}
}

// Protocol 4.1.4, 4.1.15.
func TestPublishIsRefused(t *testing.T) {
	program(t, "mosquitto_pub")
	h := station.Start(t)
	d, other := newDevice(t, h, "mos-1"), newDevice(t, h, "mos-2")
	own := "devices/mos-1/messages/events/"
	for name, c := range map[string]struct {
		device device
		topic  string
		words  string
	}{
		"wrong key":        {d.with("-P", other.flag["-P"]), own, "not authorised"},
		"expired token":    {d.with("-P", h.Sign("localhost/devices/mos-1", d.id.Key, "", -time.Hour)), own, "not authorised"},
		"no token":         {d.with("-P", ""), own, "not authorised"},
		"other client id":  {d.with("-i", "somebody"), own, "identifier rejected"},
		"MQTT 5":           {d.with("-V", "mqttv5"), own, ""},
		"MQTT 3.1":         {d.with("-V", "mqttv31"), own, "protocol version"},
		"another's topic":  {d, "devices/mos-2/messages/events/", "lost"},
		"a topic of none":  {d, "sensors/1", "lost"},
		"unknown CA":       {d.with("--cafile", "/etc/ssl/certs/ca-certificates.crt"), own, ""},
		"without TLS":      {d.with("--cafile", ""), own, ""},
		"unknown identity": {d.with("-i", "none").with("-u", "localhost/none/?api-version=2021-04-12"), own, "not authorised"},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := c.device.run("mosquitto_pub", "", "-t", c.topic, "-q", "1", "-m", "no")
			if err == nil {
				t.Fatalf("it was taken: %s", output)
			}
			if !strings.Contains(output, c.words) {
				t.Errorf("mosquitto_pub says %q, want %q", output, c.words)
			}
			for _, e := range []string{c.device.flag["-P"], d.id.Key.Reveal()} {
				if e != "" && strings.Contains(output, e) {
					t.Error("a secret is in the output")
				}
			}
		})
	}
	d.publish("", "", "-q", "1", "-m", "still served")
	if got := string(h.Events(1, 0)[0].Body); got != "still served" {
		t.Errorf("the log holds %q", got)
	}
}

func TestSubscribe(t *testing.T) {
	program(t, "mosquitto_sub")
	h := station.Start(t)
	d := newDevice(t, h, "mos-1")
	// -E: leave as soon as the subscription is answered.
	if output, err := d.run("mosquitto_sub", "", "-E", "-q", "1", "-t", "devices/mos-1/messages/devicebound/#"); err != nil {
		t.Errorf("%v: %s", err, output)
	}
	output, err := d.run("mosquitto_sub", "", "-E", "-t", "devices/mos-2/messages/devicebound/#")
	if !strings.Contains(output, "denied") {
		t.Errorf("%v: %s", err, output)
	}
}

// A device that dies leaves its will.
// Protocol 4.1.22.
func TestWill(t *testing.T) {
	path := program(t, "mosquitto_sub")
	h := station.Start(t)
	d := newDevice(t, h, "mos-1")
	kill := d.start(path, "-t", "devices/mos-1/messages/devicebound/#",
		"--will-topic", "devices/mos-1/messages/events/k=v", "--will-payload", "gone", "--will-qos", "1")
	kill()
	e := h.Events(1, 0)[0]
	if string(e.Body) != "gone" || e.Properties["iothub-MessageType"] != "Will" || e.Properties["k"] != "v" {
		t.Errorf("%q, %v", e.Body, e.Properties)
	}
}
