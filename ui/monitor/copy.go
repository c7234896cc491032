package monitor

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events/payload"
	"hubscope/hub/events/recording"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/page"
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

// copyMenu offers what of an event can be copied.
func (p *Page) copyMenu() tea.Cmd {
	e := p.current()
	if e == nil {
		return nil
	}
	event := *e // what is under the cursor may have gone by the time of the choice
	body, hint := string(event.Body), inspect.SizeText(len(event.Body))
	if payload.FormOf(event.Body) == payload.Binary {
		body, hint = base64.StdEncoding.EncodeToString(event.Body), hint+", as base64"
	}
	choices := []widget.Choice{
		{Key: "b", Label: "body", Hint: hint, Run: copyText("body", body)},
		{Key: "e", Label: "whole event", Hint: "as JSON", Run: func() tea.Msg { return copyEvent(&event)() }},
	}
	if event.MessageID != "" {
		choices = append(choices, widget.Choice{Key: "i", Label: "message id", Run: copyText("message id", event.MessageID)})
	}
	if event.DeviceID != "" {
		choices = append(choices, widget.Choice{Key: "d", Label: "device id", Run: copyText("device id", event.DeviceID)})
	}
	menu := widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Copy", choices...)
	return p.ctx.Send(page.OpenDialog{Dialog: menu})
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
