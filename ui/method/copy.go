package method

import (
	"encoding/json"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// openCopyMenu offers what of the call under the cursor can be put on the clipboard.
func (p *Page) openCopyMenu() tea.Cmd {
	e := p.desk.shown()
	if e == nil {
		return page.Tell(page.Report{Severity: page.Info, Text: "there is nothing to copy yet: no method was called"})
	}
	return copyMenu(p.ctx, p.desk.target, e)
}

// copyMenu offers what of a call can be put on the clipboard.
func copyMenu(ctx *page.Context, t target, e *entry) tea.Cmd {
	var choices []widget.Choice
	add := func(key, label, text string) {
		if text != "" {
			choices = append(choices, widget.Choice{Key: key, Label: label, Hint: safe.Line(strings.ReplaceAll(text, "\n", " "), 40), Run: copied(strings.ToLower(label), text)})
		}
	}
	if e.ended && e.trouble == nil {
		add("a", "Answer", string(e.result.Payload))
	}
	if e.trouble != nil {
		add("a", "Failure", e.trouble.detail)
		add("t", "Tracking id", e.trouble.trackingID)
	}
	add("p", "Payload", string(e.call.Payload))
	add("m", "Method", e.call.Name)
	add("j", "Call as JSON", callJSON(e))
	add("i", "Device id", t.device)
	add("z", "az command", azCommand(t, e))
	menu := widget.NewMenu(ctx.Styles, ctx.Keys, "Copy of "+safe.Line(e.call.Name, 40), choices...)
	return ctx.Send(page.OpenDialog{Dialog: menu})
}

func copied(what, text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), page.Tell(page.Report{Severity: page.Success, Text: what + " copied to the clipboard"}))
}

// callJSON is the body of the request, as a hub takes it (protocol 2.7).
func callJSON(e *entry) string {
	payload := e.call.Payload
	if payload == nil {
		payload = json.RawMessage("null")
	}
	text, _ := json.Marshal(struct {
		Method   string          `json:"methodName"`
		Response int             `json:"responseTimeoutInSeconds"`
		Connect  int             `json:"connectTimeoutInSeconds"`
		Payload  json.RawMessage `json:"payload"`
	}{e.call.Name, int(e.call.ResponseTimeout / time.Second), int(e.call.ConnectTimeout / time.Second), payload})
	return string(text)
}

// azCommand is the same call for a shell, with the command line tool of Azure.
func azCommand(t target, e *entry) string {
	words := []string{"az", "iot", "hub", "invoke-device-method", "--device-id", quoted(t.device)}
	if t.module != "" {
		words[3] = "invoke-module-method"
		words = append(words, "--module-id", quoted(t.module))
	}
	words = append(words, "--method-name", quoted(e.call.Name), "--timeout", inSeconds(e.call.ResponseTimeout))
	if e.call.Payload != nil {
		words = append(words, "--method-payload", quoted(compact(e.call.Payload)))
	}
	return strings.Join(words, " ")
}

// quoted is a word as a shell reads it.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
