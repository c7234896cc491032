package history

import (
	"strings"

	"hubscope/hub/events"
)

// Source is what an event comes from. The zero Source is one that is not known.
type Source uint8

// The sources. protocol 7.8, and 6.4 and 6.5 for the last two, which are not among the events of a hub.
const (
	OtherSource Source = iota
	Telemetry
	TwinChange
	Lifecycle
	Connection
	DigitalTwin
	Feedback
	Upload
)

var sources = map[string]Source{
	"telemetry":                   Telemetry,
	"twinchangeevents":            TwinChange,
	"devicelifecycleevents":       Lifecycle,
	"deviceconnectionstateevents": Connection,
	"digitaltwinchangeevents":     DigitalTwin,
	events.SourceFeedback:         Feedback,
	events.SourceUpload:           Upload,
}

var sourceLooks = [...]struct{ name, sign string }{
	OtherSource: {"", " "},
	Telemetry:   {"telemetry", " "},
	TwinChange:  {"twin", "◆"},
	Lifecycle:   {"lifecycle", "✦"},
	Connection:  {"connection", "⇄"},
	DigitalTwin: {"model", "◇"},
	Feedback:    {"feedback", "←"},
	Upload:      {"upload", "↑"},
}

// SourceOf knows a message source by its name, upper and lower case alike.
func SourceOf(source string) Source { return sources[strings.ToLower(source)] }

// Sign is one cell that tells the source from others.
func (s Source) Sign() string { return sourceLooks[s].sign }

// SourceName is the short name of a message source, or the source itself when it has none.
func SourceName(source string) string {
	if known := SourceOf(source); known != OtherSource {
		return sourceLooks[known].name
	}
	return source
}

// IsTelemetry tells whether a source is that of what devices send.
func IsTelemetry(source string) bool { return SourceOf(source) == Telemetry }
