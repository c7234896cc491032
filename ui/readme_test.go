package ui

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubscope/ui/help"
)

const (
	keysBegin = "<!-- keys: made from the bindings by go test ./ui -run README -update -->\n"
	keysEnd   = "<!-- /keys -->\n"
)

// TestREADMEKeys holds the README's key table against the bindings of the
// program; with -update it writes the table anew.
func TestREADMEKeys(t *testing.T) {
	path := filepath.Join("..", "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), keysBegin)
	have, after, ended := strings.Cut(rest, keysEnd)
	if !found || !ended {
		t.Fatalf("README.md lacks the lines %q and %q around its key table", keysBegin, keysEnd)
	}
	r := newRegistry(&clock{now: fixedNow})
	app := compose(t.Context(), services(r, newFleet(r)), Options{})
	defer app.close()
	want := keyTable(app.helpGroups())
	if have == want {
		return
	}
	if update := flag.Lookup("update"); update == nil || update.Value.String() != "true" {
		t.Fatalf("the README's key table is not that of the bindings: go test ./ui -run README -update. It should be:\n%s", want)
	}
	if err := os.WriteFile(path, []byte(before+keysBegin+want+keysEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// keyTable is a Markdown table; a key that is in a group already is not told
// again.
func keyTable(groups []help.Group) string {
	var b strings.Builder
	b.WriteString("\n| where | key | what it does |\n| --- | --- | --- |\n")
	for _, g := range groups {
		told := map[string]bool{}
		for _, binding := range g.Bindings {
			h := binding.Help()
			row := "`" + strings.ReplaceAll(h.Key, "|", `\|`) + "` | " + h.Desc
			if h.Key == "" || told[row] {
				continue
			}
			told[row] = true
			b.WriteString("| " + g.Title + " | " + row + " |\n")
		}
	}
	b.WriteString("\n")
	return b.String()
}
