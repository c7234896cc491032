// Package conformance lists which sections of the protocol reference the tests
// name, so that a reader sees which have a test and which have none.
package conformance

import (
	_ "embed"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

//go:embed sections.txt
var sections string

var update = flag.Bool("update", false, "write README.md anew")

var (
	mention  = regexp.MustCompile(`(?i)\bprotocol((?:,| and| to)? \d+(?:\.\d+)?)+`)
	factForm = regexp.MustCompile(`(?i)\bprotocol 0, fact `)
	number   = regexp.MustCompile(`\d+(?:\.\d+)?`)
)

const head = `# What of the protocol reference is tested

Made from the comments of the tests and interop scripts (` + "`protocol 4.3`" + `) by
` + "`go test ./hub/localhub/conformance -update`" + `. A package or script stands beside a section when it
names it: it checks something of that section, not each of its facts.

| section | about | named by |
| --- | --- | --- |
`

func TestTableIsFresh(t *testing.T) {
	want := table(named(t, "../../.."))
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

func TestEverySectionNamedIsListed(t *testing.T) {
	known := map[string]bool{"0": true}
	for line := range strings.Lines(sections) {
		id, _, _ := strings.Cut(line, " ")
		known[id] = true
		chapter, _, _ := strings.Cut(id, ".")
		known[chapter] = true
	}
	for id, files := range named(t, "../../..") {
		if !known[id] {
			t.Errorf("the reference has no section %s: %v", id, files)
		}
	}
}

func table(files map[string][]string) string {
	var b strings.Builder
	b.WriteString(head)
	for line := range strings.Lines(sections) {
		id, title, _ := strings.Cut(strings.TrimSpace(line), " ")
		by := "**no test names it**"
		if len(files[id]) > 0 {
			by = "`" + strings.Join(files[id], "` `") + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", id, title, by)
	}
	return b.String()
}

// named gives the packages of tests and the scripts that name each section, in order.
func named(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, top := range []string{"hub", "device"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "conformance") {
				return filepath.SkipDir
			}
			if d.IsDir() || !carriesTests(path) {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			if strings.HasSuffix(name, "_test.go") {
				name = filepath.Dir(name) // a new file of a package leaves the table as it is
			}
			for _, group := range mention.FindAllString(factForm.ReplaceAllString(string(text), "protocol 0."), -1) {
				for _, id := range number.FindAllString(group, -1) {
					if !slices.Contains(found[id], filepath.ToSlash(name)) {
						found[id] = append(found[id], filepath.ToSlash(name))
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func carriesTests(path string) bool {
	script := strings.HasSuffix(path, ".js") && strings.Contains(filepath.ToSlash(path), "/interop/")
	return script || strings.HasSuffix(path, "_test.go")
}
