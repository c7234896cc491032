package monitor

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events/payload"
	"hubscope/hub/events/recording"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// eventJSON writes the whole event as a recording has it, laid out for people.
func eventJSON(kept *history.Event) (string, error) {
	e := whole(kept)
	var out bytes.Buffer
	if err := json.Indent(&out, recording.Append(nil, &e), "", "  "); err != nil {
		return "", fmt.Errorf("write event %d of partition %s as JSON: %w", e.Sequence, e.Partition, err)
	}
	return out.String(), nil
}

// copyMenu offers what of an event can be copied. A body that is packed is unpacked beside the screen before.
func (p *Page) copyMenu() tea.Cmd {
	e := p.current()
	if e == nil {
		return nil
	}
	event := *e // what is under the cursor may have gone by the time of the choice
	field, rest, styles, keys := p.copyField(), p.copyRest(&event), p.ctx.Styles, p.ctx.Keys
	menu := func() tea.Msg {
		choices := slices.Concat(field, copyBodies(&event), rest)
		return page.OpenDialog{Dialog: widget.NewMenu(styles, keys, "Copy", choices...)}
	}
	if !payload.IsPlain(event.ContentType, event.ContentEncoding, event.Body) {
		return menu
	}
	dialog := menu().(page.OpenDialog)
	return p.ctx.Send(dialog)
}

// copyRest offers what is not the body.
func (p *Page) copyRest(event *history.Event) []widget.Choice {
	choices := []widget.Choice{{Key: "e", Label: "whole event", Hint: "as JSON", Run: func() tea.Msg { return copyEvent(event)() }}}
	choices = append(choices, p.copyCommands(event)...)
	choices = append(choices, copyIf("i", "message id", event.MessageID)...)
	return append(choices, copyIf("d", "device id", event.DeviceID)...)
}

const hintWidth = 40

// copyField offers what is under the cursor in an open event.
func (p *Page) copyField() []widget.Choice {
	if !p.inspector.Opened || !p.inspector.Focused {
		return nil
	}
	at, found := p.inspector.Point()
	if !found {
		return nil
	}
	path := at.Path.String()
	return []widget.Choice{
		{Key: "v", Label: "value", Hint: safe.Line(at.Value, hintWidth), Run: copyText("value", at.Value)},
		{Key: "p", Label: "path", Hint: safe.Line(path, hintWidth), Run: copyText("path", path)},
	}
}

// copyBodies offers the body, and how it was sent where that is something else.
func copyBodies(e *history.Event) []widget.Choice {
	read := payload.Decode(e.ContentType, e.ContentEncoding, e.Body)
	if read.Form == payload.Empty {
		return nil
	}
	if len(read.Steps) == 0 {
		return []widget.Choice{copyBytes("b", "body", e.Body)}
	}
	return []widget.Choice{copyBytes("b", "body, decoded", read.Data), copyBytes("s", "body as sent", e.Body)}
}

// copyBytes offers bytes, as base64 when they are no text.
func copyBytes(key, label string, data []byte) widget.Choice {
	hint := inspect.SizeText(len(data))
	if payload.FormOf(data) == payload.Binary {
		data, hint = []byte(base64.StdEncoding.EncodeToString(data)), hint+", as base64"
	}
	return widget.Choice{Key: key, Label: label, Hint: hint, Run: copyText(label, string(data))}
}

func copyIf(key, label, text string) []widget.Choice {
	if text == "" {
		return nil
	}
	return []widget.Choice{{Key: key, Label: label, Hint: safe.Line(text, hintWidth), Run: copyText(label, text)}}
}

func copyEvent(e *history.Event) tea.Cmd {
	text, err := eventJSON(e)
	if err != nil {
		return page.Tell(page.Report{Severity: page.Failure, Text: err.Error()})
	}
	return copyText("event", text)
}

// sure is how much most terminals take for the clipboard.
const sure = 64 << 10

// copyText puts text on the clipboard of the terminal, and says so.
func copyText(what, text string) tea.Cmd {
	report := page.Report{Severity: page.Success, Text: what + " copied"}
	if len(text) > sure {
		report = page.Report{
			Severity: page.Info, Text: fmt.Sprintf("%s sent to the clipboard, %s", what, inspect.SizeText(len(text))),
			Next: "some terminals take less",
		}
	}
	return tea.Batch(tea.SetClipboard(text), page.Tell(report))
}
