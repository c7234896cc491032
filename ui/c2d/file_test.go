package c2d

import (
	"os"
	"path/filepath"
	"testing"

	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// TestSentBeforeTheFileWasLookedFor: the answer comes first, whatever it is, unless the form was left.
func TestSentBeforeTheFileWasLookedFor(t *testing.T) {
	good := filepath.Join(t.TempDir(), "valve.bin")
	if err := os.WriteFile(good, []byte("open"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		then       func(p *Page)
		sent       bool
	}{
		{name: "there", path: good, sent: true},
		{name: "missing", path: good + "s"},
		{name: "left", path: good, then: func(p *Page) { p.stopTyping() }},
		{name: "changed", path: good, then: func(p *Page) {
			p.desk.form.file.path.Set(good + "s")
			p.desk.form.file.ask(p.desk.target)
			p.desk.form.file.path.Set(good)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := page.NewContext(t.Context(), theme.Mono)
			ctx.Rights = &page.Rights{}
			p := New(ctx, Options{Sender: &queueing{}, Registry: &queueing{}})
			t.Cleanup(p.Close)
			p.SetSize(120, 36)
			p.Show(connected("wind-1"), "")
			p.typing, p.desk.form.kind = true, fileBody
			p.desk.form.file.path.Set(c.path)
			p.send()
			if p.desk.running != nil {
				t.Fatal("it is sent before the file was looked for")
			}
			if c.then != nil {
				c.then(p)
			}
			p.Update(look(p.desk.target, c.path))
			if got := p.desk.running != nil; got != c.sent || p.typing == c.sent && c.then == nil {
				t.Errorf("sent: %v, wanted %v; typing: %v", got, c.sent, p.typing)
			}
		})
	}
}
