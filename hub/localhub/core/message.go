package core

import "hubscope/hub/localhub/core/d2c"

// MaxMessageSize bounds body, system property values, and names and values of
// application properties of a device-to-cloud message, together, in bytes
// (protocol 9).
const MaxMessageSize = 256 * 1024

// SourceTelemetry is the source of what devices send.
const SourceTelemetry = d2c.SourceTelemetry

// The sources of events that the hub itself makes (protocol 7.8).
const (
	SourceTwinChange      = "twinChangeEvents"
	SourceLifecycle       = "deviceLifecycleEvents"
	SourceConnectionState = "deviceConnectionStateEvents"
)

// EventSources are the sources that Options.EventSources may name.
func EventSources() []string {
	return []string{SourceTwinChange, SourceLifecycle, SourceConnectionState}
}

// The types of a device-to-cloud message; package d2c explains them.
type (
	Message  = d2c.Message
	Property = d2c.Property
)
