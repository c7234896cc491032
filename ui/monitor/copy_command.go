package monitor

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"hubscope/ui/monitor/history"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// copyCommands offers the command lines that show an event again. Who signs in is left to the environment: no command
// holds a key.
func (p *Page) copyCommands(e *history.Event) []widget.Choice {
	own := ownCommand(e, p.reads.group)
	if own == "" {
		return nil
	}
	choices := []widget.Choice{{Key: "c", Label: "command line", Hint: safe.Line(own, hintWidth), Run: copyText("command line", own)}}
	if !p.ctx.Local {
		az := azCommand(e, p.ctx.Hub, p.reads.group)
		choices = append(choices, widget.Choice{Key: "z", Label: "command line of az", Hint: safe.Line(az, hintWidth), Run: copyText("command line", az)})
	}
	return choices
}

// canCommand tells whether a command line can show an event: those of no partition are not in the stream, and what
// holds control characters is not for a shell.
func canCommand(e *history.Event) bool {
	return e.Partition != "" && e.DeviceID != "" && !e.Enqueued.IsZero() &&
		!strings.ContainsFunc(e.DeviceID+e.ModuleID, func(r rune) bool { return !unicode.IsGraphic(r) })
}

// ownCommand is the one of this program, which takes the words of iothub-explorer.
func ownCommand(e *history.Event, group string) string {
	if !canCommand(e) {
		return ""
	}
	words := []string{"hubscope", "monitor-events", quoted(e.DeviceID), "--start-time", e.Enqueued.UTC().Format(time.RFC3339Nano)}
	if group != "" && group != defaultGroup {
		words = append(words, "--consumer-group", quoted(group))
	}
	if strings.HasPrefix(e.DeviceID, "-") { // else it would be taken for a flag
		words = append(slices.Delete(words, 2, 3), "--", quoted(e.DeviceID))
	}
	return strings.Join(words, " ")
}

// azCommand is the one of the extension azure-iot; its times are milliseconds since 1970.
func azCommand(e *history.Event, hub, group string) string {
	name, _, _ := strings.Cut(hub, ".")
	words := []string{"az", "iot", "hub", "monitor-events", "--hub-name", quoted(name), "--device-id=" + quoted(e.DeviceID)}
	if e.ModuleID != "" {
		words = append(words, "--module-id="+quoted(e.ModuleID))
	}
	words = append(words, "--enqueued-time", strconv.FormatInt(e.Enqueued.UnixMilli(), 10), "--properties", "all")
	if group != "" && group != defaultGroup {
		words = append(words, "--consumer-group", quoted(group))
	}
	return strings.Join(words, " ")
}

// quoted is a word for a shell.
func quoted(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:@%,+", r)
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
