// Package monitortest makes the events that the monitor's tests show: those of three wind turbines, as the simulated
// devices send them, at a fixed time in a zone that is not UTC.
package monitortest

import (
	"fmt"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/monitor/history"
)

// Noon is when the tests take place.
var Noon = time.Date(2026, 11, 22, 14, 3, 20, 112e6, time.FixedZone("CET", 3600))

// Wind is the n-th telemetry message of a device, as the simulated devices send them.
func Wind(n int) events.Event {
	device := fmt.Sprintf("wind-%d", n%3+1)
	at := Noon.Add(time.Duration(n-200) * 640 * time.Millisecond)
	return events.Event{
		Partition: fmt.Sprint(n % 3), Sequence: int64(500 + n/3), Offset: fmt.Sprint(1000 + 260*n),
		Enqueued: at, Received: at.Add(38 * time.Millisecond),
		DeviceID: device, MessageID: fmt.Sprintf("message_%d", n), CorrelationID: fmt.Sprintf("correlation_%d", n),
		ContentType: "application/json", ContentEncoding: "utf-8", Source: "Telemetry",
		Properties: map[string]any{"Property": fmt.Sprintf("PropMsg_%d", n)},
		System: map[string]any{
			"iothub-connection-auth-method": `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`,
			"iothub-enqueuedtime":           at.Add(-3 * time.Millisecond),
			"iothub-creation-time-utc":      at.Add(-15 * time.Millisecond).UTC().Format(time.RFC3339Nano),
		},
		Body: fmt.Appendf(nil, `{"deviceId":"%s","windSpeed":%.2f}`, device, 12+float64(n*37%400)/100),
	}
}

// Winds are the messages from a number up to another.
func Winds(from, to int) []events.Event {
	batch := make([]events.Event, 0, to-from)
	for n := from; n < to; n++ {
		batch = append(batch, Wind(n))
	}
	return batch
}

// Kept is an event as the history keeps it.
func Kept(e events.Event) history.Event { return history.Pool{}.Keep(&e) }
