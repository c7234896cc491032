package history

import "strings"

// sources are the short names of message sources. protocol 7.8
var sources = map[string]string{
	"telemetry":                   "telemetry",
	"twinchangeevents":            "twin",
	"devicelifecycleevents":       "lifecycle",
	"deviceconnectionstateevents": "connection",
	"digitaltwinchangeevents":     "model",
}

// SourceName is the short name of a message source, or the source itself when it has none.
func SourceName(source string) string {
	if name, known := sources[strings.ToLower(source)]; known {
		return name
	}
	return source
}

// IsTelemetry tells whether a source is that of what devices send.
func IsTelemetry(source string) bool { return SourceName(source) == "telemetry" }
