package twin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/tidwall/gjson"

	"hubscope/hub"
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

const hintWidth = 40

// openCopyMenu offers what can be put on the clipboard.
func (p *Page) openCopyMenu() tea.Cmd {
	if !p.known {
		return page.Tell(page.Report{Severity: page.Warning, Text: "the twin of " + p.of.String() + " is not read yet"})
	}
	var choices []widget.Choice
	add := func(key, label, text string) {
		choices = append(choices, widget.Choice{Key: key, Label: label, Hint: safe.Line(text, hintWidth), Run: p.copy(label, text)})
	}
	l := &p.panels[p.at]
	if n, ok := l.node(); ok {
		path := l.pathOf(n)
		add("v", "value", valueText(l.tree, n))
		add("p", "path in a query", path)
		add("c", "condition of a query", condition(path, l.tree, n))
	}
	add("s", strings.ToLower(titles[l.kind]), indented(l.tree.JSON))
	add("e", "etag", p.twin.ETag)
	choices = append(choices, widget.Choice{Key: "t", Label: "whole twin", Hint: "as JSON, with $metadata", Run: p.copy("twin", whole(&p.twin))})
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Copy of the twin of "+safe.Line(p.of.String(), 40), choices...)})
}

func (p *Page) copy(what, text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), page.Tell(page.Report{Severity: page.Success, Text: what + " of " + p.of.String() + " copied to the clipboard"}))
}

// valueText is a value as it is, a text without its quotes.
func valueText(t *tree.Tree, n int32) string {
	switch t.Nodes[n].Kind {
	case tree.String:
		return gjson.Parse(t.Value(n)).String()
	case tree.Group:
		return "[" + t.Value(n) + "]"
	case tree.Object, tree.Array:
		return indented(t.Value(n))
	}
	return t.Value(n)
}

// bareName is a name that a query takes as it is, unless it is a word of the language.
var bareName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

var reserved = []string{"and", "as", "asc", "by", "desc", "false", "from", "group", "in", "is", "not", "null", "or", "order", "select", "top", "true", "value", "where"}

// pathOf is where a node stands in the twin, as the query language takes it (protocol 3.1): a.b[0].[[odd name]].
func (l *panel) pathOf(n int32) string {
	if n <= 0 {
		return strings.Join(roots[l.kind], ".")
	}
	up := l.tree.Container(n)
	node := &l.tree.Nodes[n]
	switch {
	case node.Kind == tree.Group:
		return l.pathOf(up)
	case l.tree.Nodes[up].Kind == tree.Array:
		return fmt.Sprintf("%s[%d]", l.pathOf(up), node.Index)
	}
	return l.pathOf(up) + "." + quoted(l.tree.Step(n))
}

func quoted(name string) string {
	if bareName.MatchString(name) && !slices.Contains(reserved, strings.ToLower(name)) {
		return name
	}
	return "[[" + name + "]]"
}

// condition is one that the value meets.
func condition(path string, t *tree.Tree, n int32) string {
	switch t.Nodes[n].Kind {
	case tree.String:
		text := gjson.Parse(t.Value(n)).String()
		return path + " = '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
	case tree.Number, tree.Word:
		return path + " = " + t.Value(n)
	}
	return "is_defined(" + path + ")"
}

func indented(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}

// whole is the twin as the service gives it.
func whole(t *hub.Twin) string {
	properties := struct {
		Desired  json.RawMessage `json:"desired,omitempty"`
		Reported json.RawMessage `json:"reported,omitempty"`
	}{t.Desired, t.Reported}
	out, err := json.MarshalIndent(struct {
		DeviceID        string          `json:"deviceId"`
		ModuleID        string          `json:"moduleId,omitempty"`
		ETag            string          `json:"etag,omitempty"`
		DeviceETag      string          `json:"deviceEtag,omitempty"`
		Status          string          `json:"status,omitempty"`
		ConnectionState string          `json:"connectionState,omitempty"`
		LastActivity    *time.Time      `json:"lastActivityTime,omitempty"`
		ModelID         string          `json:"modelId,omitempty"`
		Version         int64           `json:"version"`
		Tags            json.RawMessage `json:"tags,omitempty"`
		Properties      any             `json:"properties"`
		Configurations  json.RawMessage `json:"configurations,omitempty"`
	}{
		t.DeviceID, t.ModuleID, t.ETag, t.DeviceETag, string(t.Status), string(t.ConnectionState), known(t.LastActivity),
		t.ModelID, t.Version, t.Tags, properties, t.Configurations,
	}, "", "  ")
	if err != nil {
		return fmt.Sprintf("{%q: %q}", "deviceId", t.DeviceID) // what was read as JSON is written as it
	}
	return string(out)
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
