package list

import (
	"bufio"
	"errors"
	"io"
	"iter"

	"hubscope/hub/provision"
	"hubscope/hub/twinpatch"
)

// jsonLines reads a document a line; empty lines are passed over.
func jsonLines(r io.Reader) iter.Seq2[provision.Entry, error] {
	return func(yield func(provision.Entry, error) bool) {
		lines := bufio.NewScanner(unmarked(r))
		lines.Buffer(make([]byte, 0, 4096), maxRecord)
		n := 0
		for lines.Scan() {
			n++
			if isBlank(lines.Bytes()) {
				continue
			}
			entry, m := documentOf(lines.Bytes(), n)
			if m != nil {
				if !yield(provision.Entry{}, m) {
					return
				}
				continue
			}
			if !yield(entry, nil) {
				return
			}
		}
		switch err := lines.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			yield(provision.Entry{}, mistake(n+1, 1, "this line is longer than 256 KB"))
		case err != nil:
			yield(provision.Entry{}, err)
		}
	}
}

func isBlank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// documentOf reads one line.
func documentOf(text []byte, line int) (provision.Entry, *Mistake) {
	v, err := twinpatch.Parse(text)
	if err != nil {
		return provision.Entry{}, placed(err, line)
	}
	d := document{line: line, entry: provision.Entry{Line: line}}
	if m := d.object(v, members); m != nil {
		return provision.Entry{}, m
	}
	if m := d.finish(v); m != nil {
		return provision.Entry{}, m
	}
	return d.entry, nil
}

// placed is a mistake of a text that is one line of a file.
func placed(err error, line int) *Mistake {
	var m *twinpatch.Mistake
	if !errors.As(err, &m) {
		return mistake(line, 1, "%v", err)
	}
	return mistake(line, m.Place.Column, "%s", m.Reason)
}
