package profile

import (
	"path/filepath"
	"strings"
)

// maxFile is the greatest size of a profile in bytes.
const maxFile = 1 << 20

// Parse reads a profile: JSON when the name of the file ends with .json, else TOML. The error is an Errors.
func Parse(file string, source []byte) (*Profile, error) {
	r := &reader{file: file, source: source, scope: newScope()}
	root, f := r.tree()
	if f != nil {
		r.faults = append(r.faults, *f)
		return nil, r.errors()
	}
	p := r.profile(root)
	if err := r.errors(); err != nil {
		return nil, err
	}
	return p, nil
}

func newScope() *scope {
	return &scope{byName: map[string]int{}, changed: map[string]bool{}, users: map[int][]use{}, of: -1}
}

func (r *reader) tree() (*node, *fault) {
	if len(r.source) > maxFile {
		return nil, &fault{message: "the file is greater than 1 MiB, which no profile is"}
	}
	read := readTOML
	if strings.EqualFold(filepath.Ext(r.file), ".json") {
		read = readJSON
	}
	root, f := read(r.source)
	if f == nil && root.depth() > maxDepth {
		f = &fault{message: "the file is nested too deeply"}
	}
	return root, f
}

func (r *reader) profile(root *node) *Profile {
	f := r.fields(root, "a profile")
	base := filepath.Base(r.file)
	p := &Profile{
		Name:        f.text("name", strings.TrimSuffix(base, filepath.Ext(base))),
		Description: f.text("description", ""),
		File:        r.file,
		Source:      string(r.source),
	}
	if p.Name == "" || len(p.Name) > 64 {
		f.wrong(0, "the name of a profile has 1 to 64 characters")
	}
	if f.oneOf("settle", "complete", "leave") == "leave" {
		p.Settle = Leave
	}
	p.acknowledge = f.oneOf("acknowledge", "value", "pnp", "none")
	p.intervalUnit = f.oneOf("intervalUnit", "s", "ms")
	methods := f.kind("methods", list)
	r.scope.changedByMethods(methods)
	r.values(f.kind("values", table))
	p.Messages, p.recipes = r.messages(f.kind("messages", list))
	p.Methods, p.replies = r.methods(methods)
	if reported := f.kind("reported", table); reported != nil {
		p.reported = r.jsonTemplate(reported)
	}
	f.done()
	for i, v := range r.scope.values {
		v.index = i
	}
	p.values = r.scope.values
	return p
}
