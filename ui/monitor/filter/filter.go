// Package filter decides which events the monitor shows: what is typed becomes a test, names and switches make a set of
// several.
package filter

import (
	"fmt"
	"strings"
	"time"

	"hubscope/ui/monitor/history"
)

// Filter decides which events are shown. It is written as words, all of which must hold:
//
//	text             somewhere in the body, an id or a property, upper and lower case alike
//	"a b"            text with spaces, * or ?
//	/^a.*b/          a regular expression, likewise; /.../i takes both cases alike
//	wind-*           device id, with * and ?
//	-text            not this one; works with all words
//	device:wind-*    also module, source, partition, messageId, correlationId, contentType, contentEncoding; device:/re/
//	prop:name        has the application property
//	prop:name=value  with * and ?, =/re/, ="a b"; also != < <= > >=
//	size:>1kB        also age:<5m and sequence:>=500; = < <= > >=
//
// or as an expression in the language of github.com/expr-lang/expr over the fields of package field and age:
//
//	body.windSpeed > 14 and device startsWith "wind"
//	any(body.readings, .value > 5) or properties.alarm == "1" || age < 5m
//
// A comparison is false when a field is missing, != too, and when types do not fit. Text that did not come in the body
// is compared with a number as one. nil stands for what is missing or null: body.x == nil.
//
// Of a body that is packed and grows to more than a megabyte the first megabyte is looked at.
//
// The zero Filter and nil show everything. A Filter is for one goroutine: it remembers what it reads.
type Filter struct {
	Text string // as typed

	tests []test
	marks []Mark
	timed bool
	now   func() time.Time
	probe probe
}

// maxText bounds what is read as a filter.
const maxText = 4096

// Parse reads a filter as typed. Its errors are of type *Error.
func Parse(text string) (*Filter, error) { return ParseAt(text, time.Now) }

// ParseAt is Parse with a clock: what age and times of the day are counted from.
func ParseAt(text string, now func() time.Time) (*Filter, error) {
	f := &Filter{Text: strings.TrimSpace(text), now: now}
	f.probe.now = now
	if len(text) > maxText {
		return nil, &Error{fmt.Sprintf("a filter has at most %d characters", maxText), 1}
	}
	parse := parseWords
	if isExpression(text) {
		parse = parseExpression
	}
	if err := parse(text, f); err != nil {
		return nil, err
	}
	return f, nil
}

// Test tells whether the event passes; body is its body unpacked, nil when that was not done. It is a history.Test.
func (f *Filter) Test(e *history.Event, body []byte) history.Verdict {
	if f == nil {
		return history.Passes
	}
	f.probe.at(e, body)
	unread := false
	for _, t := range f.tests {
		f.probe.lacks = false
		is := t(&f.probe)
		switch {
		case f.probe.lacks: // what it says of an empty body is nothing
			unread = true
		case !is:
			return history.Hides
		}
	}
	if unread {
		return history.Unread
	}
	return history.Passes
}

// Shows is Test that unpacks a body itself where it has to, which takes time.
func (f *Filter) Shows(e *history.Event) bool {
	v := f.Test(e, nil)
	if v == history.Unread {
		v = f.Test(e, Unpack(e))
	}
	return v == history.Passes
}

// Empty tells whether the filter shows everything.
func (f *Filter) Empty() bool { return f == nil || len(f.tests) == 0 }

// Timed tells whether what passes changes with time.
func (f *Filter) Timed() bool { return f != nil && f.timed }

// Marks are what the filter looks for, to be marked in the rows.
func (f *Filter) Marks() []Mark {
	if f == nil {
		return nil
	}
	return f.marks
}
