package monitor

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"hubscope/hub/events/payload"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// eventDocument is an event as JSON, for people and other programs. A body that is JSON is itself; one that is text a
// string; any other is in bodyBase64.
type eventDocument struct {
	DeviceID        string          `json:"deviceId,omitempty"`
	ModuleID        string          `json:"moduleId,omitempty"`
	Partition       string          `json:"partition"`
	SequenceNumber  int64           `json:"sequenceNumber"`
	Offset          string          `json:"offset,omitempty"`
	EnqueuedTime    time.Time       `json:"enqueuedTime"`
	MessageSource   string          `json:"messageSource,omitempty"`
	MessageID       string          `json:"messageId,omitempty"`
	CorrelationID   string          `json:"correlationId,omitempty"`
	ContentType     string          `json:"contentType,omitempty"`
	ContentEncoding string          `json:"contentEncoding,omitempty"`
	Properties      map[string]any  `json:"applicationProperties,omitempty"`
	System          map[string]any  `json:"systemProperties,omitempty"`
	Body            json.RawMessage `json:"body,omitempty"`
	BodyBase64      string          `json:"bodyBase64,omitempty"`
}

// eventJSON writes the whole event.
func eventJSON(e *history.Event) (string, error) {
	doc := eventDocument{
		DeviceID: e.DeviceID, ModuleID: e.ModuleID, Partition: e.Partition, SequenceNumber: e.Sequence, Offset: e.Offset,
		EnqueuedTime: e.Enqueued.UTC(), MessageSource: e.Source, MessageID: e.MessageID, CorrelationID: e.CorrelationID,
		ContentType: e.ContentType, ContentEncoding: e.ContentEncoding, Properties: history.Map(e.Application), System: history.Map(e.Annotations),
	}
	switch payload.FormOf(e.Body) {
	case payload.JSON:
		doc.Body = e.Body
	case payload.Text:
		doc.Body, _ = json.Marshal(string(e.Body)) // a string always marshals
	case payload.Binary:
		doc.BodyBase64 = base64.StdEncoding.EncodeToString(e.Body)
	}
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write event %d of partition %s as JSON: %w", e.Sequence, e.Partition, err)
	}
	return string(out), nil
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
