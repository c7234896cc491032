package list

import (
	"fmt"
	"io"
	"iter"

	"hubscope/hub/provision"
)

// Mistake is what is wrong with a list, and where.
type Mistake struct {
	// Line and Column are from 1; the column counts bytes in CSV, and characters in JSON.
	Line, Column int
	// Reason is for people, without a full stop. It never holds a key; it may hold what else was written.
	Reason string
}

// Error gives line and column with the reason.
func (m *Mistake) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", m.Line, m.Column, m.Reason)
}

func mistake(line, column int, format string, args ...any) *Mistake {
	return &Mistake{Line: line, Column: column, Reason: fmt.Sprintf(format, args...)}
}

// Format is how a list is written.
type Format int

// The formats.
const (
	CSV Format = iota
	JSONLines
)

// MaxEntries is how many identities a list may have: as many as a hub has (protocol 9).
const MaxEntries = 1_000_000

// Entries reads a list. An entry comes with a nil error; a *Mistake comes with no entry, and most of them do not end the
// list; any other error is that of r, and ends it.
func Entries(r io.Reader, f Format) iter.Seq2[provision.Entry, error] {
	if f == JSONLines {
		return jsonLines(r)
	}
	return csvRows(r)
}

// Summary is what a list holds.
type Summary struct {
	Entries     int
	First, Last string // device ids
	Mistakes    []*Mistake
	// More is how many mistakes there are besides; the list was read on to count them.
	More int
}

// mostMistakes is how many are kept.
const mostMistakes = 200

// Check reads a whole list: what is in it, and all that is wrong with it, ids that are in it twice too. Told, which may
// be nil, hears how many entries there are so far. The error is that of r.
func Check(entries iter.Seq2[provision.Entry, error], told func(entries int)) (Summary, error) {
	c := checker{lines: make(map[string]int)}
	for entry, err := range entries {
		wrong, isMistake := err.(*Mistake)
		switch {
		case err == nil:
			c.entry(entry)
		case isMistake:
			c.found(wrong)
		default:
			return c.Summary, err
		}
		if c.Entries > MaxEntries {
			c.found(mistake(entry.Line, 1, "a hub has at most 1,000,000 devices, and this list has more"))
			return c.Summary, nil
		}
		if told != nil && c.Entries%1000 == 0 {
			told(c.Entries)
		}
	}
	return c.Summary, nil
}

type checker struct {
	Summary
	lines map[string]int // of the ids so far
}

func (c *checker) entry(e provision.Entry) {
	id := e.Change.Device.DeviceID
	if line, twice := c.lines[id]; twice {
		c.found(mistake(e.Line, 1, "the device id %q is in line %d already", id, line))
		return
	}
	c.lines[id] = e.Line
	if c.Entries == 0 {
		c.First = id
	}
	c.Entries, c.Last = c.Entries+1, id
}

func (c *checker) found(m *Mistake) {
	if len(c.Mistakes) == mostMistakes {
		c.More++
		return
	}
	c.Mistakes = append(c.Mistakes, m)
}
