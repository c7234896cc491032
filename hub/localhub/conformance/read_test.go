package conformance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	mention  = regexp.MustCompile(`(?i)\bprotocol((?:,| and| to)? \d+(?:\.\d+){0,2})+`)
	factForm = regexp.MustCompile(`(?i)\bprotocol 0, facts? `)
	number   = regexp.MustCompile(`\d+(?:\.\d+)*`)
)

// mentions are the sections and facts that a text names.
func mentions(text string) (ids []string) {
	for _, group := range mention.FindAllString(factForm.ReplaceAllString(text, "protocol 0."), -1) {
		ids = append(ids, number.FindAllString(group, -1)...)
	}
	return ids
}

// found is what the tests and the interop scripts say of themselves.
type found struct {
	named   map[string][]string // sections and facts: packages and scripts that name them
	checked map[string][]string // facts: the tests that carry them
	tests   map[string]bool     // all tests, as package.TestName
}

func read(t *testing.T) *found {
	t.Helper()
	all := &found{map[string][]string{}, map[string][]string{}, map[string]bool{}}
	for _, top := range []string{"hub", "device"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "conformance"):
				return filepath.SkipDir
			case strings.HasSuffix(path, "_test.go"):
				return all.readTests(path)
			case strings.HasSuffix(path, ".js") && strings.Contains(filepath.ToSlash(path), "/interop/"):
				return all.readScript(path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (all *found) readScript(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	all.name(mentions(string(text)), place(path))
	return nil
}

// readTests reads a file of tests: what it names stands for its package, so that a new file leaves the table as it
// is; what stands in or above a test is carried by this test.
func (all *found) readTests(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	all.name(mentions(string(text)), filepath.ToSlash(filepath.Dir(place(path))))
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") {
			continue
		}
		name := filepath.Base(filepath.Dir(path)) + "." + f.Name.Name
		all.tests[name] = true
		start := f.Pos()
		if f.Doc != nil {
			start = f.Doc.Pos()
		}
		for _, id := range mentions(string(text[files.Position(start).Offset:files.Position(f.End()).Offset])) {
			add(all.checked, id, name)
		}
	}
	return nil
}

// name notes who names what; who names a fact names its section.
func (all *found) name(ids []string, by string) {
	for _, id := range ids {
		add(all.named, id, by)
		if of, ok := sectionOf[id]; ok {
			add(all.named, of, by)
		}
	}
}

func add(to map[string][]string, id, value string) {
	if !slices.Contains(to[id], value) {
		to[id] = append(to[id], value)
	}
}

func place(path string) string {
	name, err := filepath.Rel(root, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(name)
}
