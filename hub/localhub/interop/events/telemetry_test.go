package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub/interop/station"
)

// 10,000 messages at QoS 1 from four devices on paho, and 1,000 more of mosquitto_pub: with ids, properties and
// annotations right, none lost, none twice, in order for each device.
// Protocol 4.2.9, 4.3.2.
func TestAzeventhubsReadsWhatDevicesSend(t *testing.T) {
	const each, lines = 2500, 1000
	s := station.Start(t)
	began := time.Now()
	devices := map[string]hub.Device{}
	counts := map[string]int{}
	publish := make(chan error)
	publishers := 0
	add := func(id string, n int, by func(*station.Station, station.Identity, int) error) {
		i := s.Device(id)
		d, err := s.Service.Device(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		devices[id], counts[id] = d, n
		publishers++
		go func() { publish <- by(s, i, n) }()
	}
	for i := range 4 {
		add(fmt.Sprintf("paho-%d", i), each, publishPaho)
	}
	total := 4 * each
	if program := mosquitto(t); program != "" {
		add("mosquitto", lines, func(s *station.Station, i station.Identity, n int) error {
			return publishMosquitto(s, program, i, n)
		})
		total += lines
	}

	read := make(chan []station.Event, 1)
	go func() {
		defer close(read)
		events, err := s.TryEvents(total, time.Second)
		if err != nil {
			t.Error(err)
		}
		read <- events
	}()
	for range publishers {
		if err := <-publish; err != nil {
			t.Error(err)
		}
	}

	next := map[string]int{}
	home := map[string]string{}
	sequence := map[string]int64{}
	for _, e := range <-read {
		id, _ := e.SystemProperties["iothub-connection-device-id"].(string)
		d, known := devices[id]
		if !known {
			t.Fatalf("an event of device %q", id)
		}
		var payload struct {
			DeviceID string
			N        int
		}
		if err := json.Unmarshal(e.Body, &payload); err != nil {
			t.Fatal(err)
		}
		if payload.DeviceID != id || payload.N != next[id] {
			t.Fatalf("%s: message %d of %s came, want %d", id, payload.N, payload.DeviceID, next[id])
		}
		if home[id] == "" {
			home[id] = e.Partition
		}
		if e.Partition != home[id] {
			t.Fatalf("%s is in partitions %s and %s", id, home[id], e.Partition)
		}
		if e.SequenceNumber != sequence[e.Partition] {
			t.Fatalf("partition %s: sequence number %d, want %d", e.Partition, e.SequenceNumber, sequence[e.Partition])
		}
		if err := check(e, d, payload.N, began); err != nil {
			t.Fatalf("%s, message %d: %v", id, payload.N, err)
		}
		next[id]++
		sequence[e.Partition]++
	}
	for id, n := range counts {
		if next[id] != n {
			t.Errorf("%s: %d messages, want %d", id, next[id], n)
		}
	}
}

// check compares an event with what its device sent. protocol 4.2, 7.8
func check(e station.Event, d hub.Device, n int, began time.Time) error {
	mosquitto := d.DeviceID == "mosquitto"
	property := fmt.Sprintf("PropMsg_%d", n)
	if mosquitto {
		property = "PropMsg"
	}
	if len(e.Properties) != 1 || e.Properties["Property"] != property {
		return fmt.Errorf("properties %v", e.Properties)
	}
	if !mosquitto && (e.MessageID == nil || *e.MessageID != fmt.Sprintf("message_%d", n) || e.CorrelationID != fmt.Sprintf("correlation_%d", n)) {
		return fmt.Errorf("message id %v, correlation id %v", e.MessageID, e.CorrelationID)
	}
	encoding := e.RawAMQPMessage.Properties.ContentEncoding
	if e.ContentType == nil || *e.ContentType != "application/json" || encoding == nil || *encoding != "utf-8" {
		return fmt.Errorf("content type %v, encoding %v", e.ContentType, encoding)
	}
	method, _ := e.SystemProperties["iothub-connection-auth-method"].(string)
	if !json.Valid([]byte(method)) || !strings.Contains(method, `"scope":"device"`) || !strings.Contains(method, `"type":"sas"`) {
		return fmt.Errorf("authentication method %q", method)
	}
	for name, want := range map[string]any{
		"iothub-connection-auth-generation-id": d.GenerationID,
		"iothub-message-source":                "Telemetry",
	} {
		if e.SystemProperties[name] != want {
			return fmt.Errorf("%s is %v, want %v", name, e.SystemProperties[name], want)
		}
	}
	arrived, _ := e.SystemProperties["iothub-enqueuedtime"].(time.Time)
	for _, at := range []time.Time{arrived, *e.EnqueuedTime} {
		if at.Before(began.Add(-time.Second)) || at.After(time.Now().Add(time.Second)) {
			return fmt.Errorf("enqueued at %v and %v", arrived, e.EnqueuedTime)
		}
	}
	if e.Offset == "" {
		return fmt.Errorf("no offset")
	}
	return nil
}
