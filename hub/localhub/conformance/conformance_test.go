// Package conformance lists what of the protocol reference the tests check, so that a reader sees what is covered
// and what is not. Tests carry what they check in their comments: a section ("protocol 4.3") or a fact
// ("protocol 4.3.2"). The lists beside this file give both their words.
package conformance

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write README.md anew")

const root = "../../.."

func TestTableIsFresh(t *testing.T) {
	want := document(read(t))
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("README.md is stale: run go test ./hub/localhub/conformance -update")
	}
}

func TestWhatIsNamedIsListed(t *testing.T) {
	known := map[string]bool{"0": true}
	for _, s := range sections() {
		known[s.id] = true
		chapter, _, _ := strings.Cut(s.id, ".")
		known[chapter] = true
	}
	for _, f := range facts() {
		known[f.id] = true
	}
	for id, by := range read(t).named {
		if !known[id] {
			t.Errorf("the reference has no %s: %v", id, by)
		}
	}
}

func TestFactsAreCheckedOrSayWhyNot(t *testing.T) {
	checked := read(t).checked
	for _, f := range facts() {
		switch by := checked[f.id]; {
		case len(by) == 0 && f.reason == "":
			t.Errorf("no test carries %s, and facts.txt does not say why", f.id)
		case len(by) > 0 && f.reason != "":
			t.Errorf("%s is not checked, says facts.txt, but %v carries it", f.id, by)
		}
	}
}

// The code still stands where choices.txt says.
func TestChoicesAreInTheCode(t *testing.T) {
	for _, c := range choices() {
		text, err := os.ReadFile(filepath.Join(root, c.file))
		if err != nil {
			t.Error(err)
		} else if !regexp.MustCompile(`\b` + regexp.QuoteMeta(c.name) + `\b`).Match(text) {
			t.Errorf("%s has no %s", c.file, c.name)
		}
	}
}

// The tests still stand where clients.txt says.
func TestClientsAreTested(t *testing.T) {
	tests := read(t).tests
	for _, line := range clients() {
		for _, cell := range line.cells {
			for _, name := range strings.Fields(cell) {
				if strings.Contains(name, ".Test") && !tests[name] {
					t.Errorf("%s: there is no %s", line.area, name)
				}
			}
		}
	}
}
