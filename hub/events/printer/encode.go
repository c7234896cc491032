package printer

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"hubscope/hub/events"
	"hubscope/hub/events/recording"
)

func (o *Options) encoder() func(to []byte, e *events.Event) []byte {
	switch o.Output {
	case Raw:
		return func(to []byte, e *events.Event) []byte { return append(append(to, e.Body...), '\n') }
	case Text:
		return o.appendText
	}
	encode := recording.AppendFirst
	return func(to []byte, e *events.Event) []byte {
		only := o.only(*e)
		to = encode(to, &only)
		encode = recording.Append
		return append(to, '\n')
	}
}

// only leaves out what is not asked for. Content type and encoding stay: without them the body cannot be read.
func (o *Options) only(e events.Event) events.Event {
	sys, anno := o.has("sys"), o.has("anno")
	if !o.has("app") {
		e.Properties = nil
	}
	if !sys {
		e.MessageID, e.CorrelationID = "", ""
	}
	if !sys || !anno {
		e.System = maps.Clone(e.System) // it may be shared
		maps.DeleteFunc(e.System, func(name string, _ any) bool {
			if isAnnotation(name) {
				return !anno
			}
			return !sys
		})
	}
	return e
}

// isAnnotation tells annotations of the hub from standard properties, which stand beside them.
func isAnnotation(name string) bool {
	return strings.HasPrefix(name, "iothub-") || strings.HasPrefix(name, "x-opt-") || strings.HasPrefix(name, "dt-")
}

// appendText writes a line for people, which no terminal obeys.
func (o *Options) appendText(to []byte, e *events.Event) []byte {
	to = e.Enqueued.Local().AppendFormat(to, "2006-01-02 15:04:05.000")
	to = append(to, "  "...)
	to = recording.AppendPlain(to, e.DeviceID)
	if e.ModuleID != "" {
		to = recording.AppendPlain(append(to, '/'), e.ModuleID)
	}
	if e.Partition != "" {
		to = recording.AppendPlain(append(to, "  p"...), e.Partition)
		to = strconv.AppendInt(append(to, " #"...), e.Sequence, 10)
	}
	if !strings.EqualFold(e.Source, "Telemetry") && e.Source != "" {
		to = recording.AppendPlain(append(to, "  "...), e.Source)
	}
	to = recording.AppendBody(append(to, "  "...), e)
	only := o.only(*e)
	named := map[string]any{}
	for name, value := range map[string]string{"messageId": only.MessageID, "correlationId": only.CorrelationID} {
		if value != "" {
			named[name] = value
		}
	}
	if o.has("sys") {
		for name, value := range map[string]string{"contentType": e.ContentType, "contentEncoding": e.ContentEncoding} {
			if value != "" {
				named[name] = value
			}
		}
	}
	for _, m := range []map[string]any{only.Properties, named, only.System} {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			to = recording.AppendPlain(append(to, "  "...), name)
			to = recording.AppendPlainValue(append(to, '='), m[name])
		}
	}
	return append(to, '\n')
}
