package profile

import (
	"fmt"
	"slices"
	"time"
)

// fault is something wrong at an offset of the file.
type fault struct {
	at      int
	message string
}

// maxFaults is how many faults of one file are told.
const maxFaults = 20

// reader turns the tree of a file into a profile, and gathers what is wrong.
type reader struct {
	file   string
	source []byte
	faults []fault
	scope  *scope
}

func (r *reader) wrong(at int, format string, arguments ...any) {
	r.faults = append(r.faults, fault{at, fmt.Sprintf(format, arguments...)})
}

// errors are the faults in the order of the file, one for each place.
func (r *reader) errors() error {
	if len(r.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(r.faults, func(a, b fault) int { return a.at - b.at })
	var all Errors
	for i, f := range r.faults {
		if i > 0 && f.at == r.faults[i-1].at || len(all) == maxFaults {
			continue
		}
		line, column := place(r.source, f.at)
		all = append(all, &Error{File: r.file, Line: line, Column: column, Message: f.message})
	}
	return all
}

// fields reads the keys of one table. Each key that is asked for is known; done tells of the others.
type fields struct {
	*reader
	of    *node
	what  string // such as "a message"
	known []string
}

func (r *reader) fields(n *node, what string) *fields { return &fields{reader: r, of: n, what: what} }

func (f *fields) get(name string) *node {
	f.known = append(f.known, name)
	return f.of.get(name)
}

// kind gives the value of a key when it has the kind; it is wrong when it has another.
func (f *fields) kind(name string, kind nodeKind) *node {
	n := f.get(name)
	if n == nil || n.kind == kind || kind == float && n.kind == integer {
		return n
	}
	f.wrong(n.at, "%s has to be %s, not %s", name, kind, n.kind)
	return nil
}

func (f *fields) text(name, otherwise string) string {
	if n := f.kind(name, text); n != nil {
		return n.text
	}
	return otherwise
}

func (f *fields) flag(name string, otherwise bool) bool {
	if n := f.kind(name, boolean); n != nil {
		return n.yes
	}
	return otherwise
}

func (f *fields) number(name string, otherwise float64) float64 {
	if n := f.kind(name, float); n != nil {
		return n.float
	}
	return otherwise
}

// needed is like number for a key that has to be there.
func (f *fields) needed(name string) float64 {
	if f.of.get(name) == nil {
		f.wrong(f.of.at, "%s needs %s", f.what, name)
	}
	return f.number(name, 0)
}

func (f *fields) whole(name string, otherwise, least, greatest int64) int64 {
	n := f.kind(name, integer)
	switch {
	case n == nil:
		return otherwise
	case n.integer < least || n.integer > greatest:
		f.wrong(n.at, "%s is %d: it has to be %d to %d", name, n.integer, least, greatest)
		return otherwise
	}
	return n.integer
}

// oneOf reads a word of a list; the first is the default.
func (f *fields) oneOf(name string, words ...string) string {
	n := f.kind(name, text)
	switch {
	case n == nil:
		return words[0]
	case !slices.Contains(words, n.text):
		f.wrong(n.at, "unknown %s %q%s", name, n.text, suggest(n.text, words))
		return words[0]
	}
	return n.text
}

// duration reads a time such as "1.5s"; a number is seconds.
func (f *fields) duration(name string, otherwise, least time.Duration) time.Duration {
	n := f.get(name)
	if n == nil {
		return otherwise
	}
	d, ok := durationOf(n)
	switch {
	case !ok:
		f.wrong(n.at, `%s is a time such as "500ms", "1.5s", "5m" or "1h30m"`, name)
		return otherwise
	case d < least || d > maxDuration:
		f.wrong(n.at, "%s is %v: it has to be %v to %v", name, d, least, maxDuration)
		return otherwise
	}
	return d
}

// done tells of keys that nobody asked for.
func (f *fields) done() {
	for _, e := range f.of.entries {
		if !slices.Contains(f.known, e.name) {
			f.wrong(e.at, "unknown key %q in %s%s", e.name, f.what, suggest(e.name, f.known))
		}
	}
}

const maxDuration = 365 * 24 * time.Hour

// durationOf reads a duration of a file or of a desired property.
func durationOf(n *node) (time.Duration, bool) {
	switch n.kind {
	case integer, float:
		return seconds(n.float)
	case text:
		d, err := time.ParseDuration(n.text)
		return d, err == nil
	}
	return 0, false
}

// seconds is a duration of so many seconds, when it can be one.
func seconds(s float64) (time.Duration, bool) {
	if s != s || s < -maxDuration.Seconds() || s > maxDuration.Seconds() {
		return 0, false
	}
	return time.Duration(s * float64(time.Second)), true
}

// place is where the value of a key stands, or the table when there is none.
func (f *fields) place(name string) int {
	if n := f.of.get(name); n != nil {
		return n.at
	}
	return f.of.at
}
