// Package summary says in one line what an event means that is not telemetry: what changed in a twin, that a device
// was created or connected, what became of a message. protocol 7.8, 6.4, 6.5
package summary

import (
	"strings"

	"hubscope/ui/monitor/history"
)

// longest bounds the bodies that are read for a line; a twin has 8 kB of tags and 32 kB of each kind of properties.
const longest = 256 << 10

// Of is the line; "" when the body is to be shown as it is. It is outside text, to be made harmless by who draws it.
func Of(e *history.Event) string {
	if len(e.Body) > longest {
		return ""
	}
	switch history.SourceOf(e.Source) {
	case history.TwinChange:
		return twinChange(e)
	case history.Lifecycle:
		return lifecycle(e)
	case history.Connection:
		return connection(e)
	case history.DigitalTwin:
		return digitalTwin(e)
	case history.Feedback:
		return feedback(e.Body)
	case history.Upload:
		return upload(e.Body)
	}
	return ""
}

// property is an application property as text; "" for none.
func property(e *history.Event, name string) string {
	for _, a := range e.Application {
		if a.Name == name {
			return a.Text()
		}
	}
	return ""
}

// lifecycle reads opType, such as createDeviceIdentity and deleteModuleIdentity.
func lifecycle(e *history.Event) string {
	op := property(e, "opType")
	what := "device identity"
	if strings.Contains(op, "Module") {
		what = "module identity"
	}
	switch {
	case strings.HasPrefix(op, "create"):
		return what + " created"
	case strings.HasPrefix(op, "delete"):
		return what + " deleted"
	case strings.HasPrefix(op, "update"):
		return what + " updated"
	}
	return words(op)
}

// connection reads opType, such as deviceConnected and moduleDisconnected.
func connection(e *history.Event) string {
	op := property(e, "opType")
	switch {
	case strings.HasSuffix(op, "Disconnected"):
		return "disconnected"
	case strings.HasSuffix(op, "Connected"):
		return "connected"
	}
	return words(op)
}

// words takes an operation apart: "deviceMovedAway" is "device moved away".
func words(op string) string {
	var b strings.Builder
	for i, r := range op {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte(' ')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
