package list

import (
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"

	"hubscope/hub/provision"
)

func csvRows(r io.Reader) iter.Seq2[provision.Entry, error] {
	return func(yield func(provision.Entry, error) bool) {
		t := newTable(r)
		for _, err := range t.header() {
			if !yield(provision.Entry{}, err) {
				return
			}
		}
		for !t.over {
			entry, err := t.entry()
			if errors.Is(err, io.EOF) || !yield(entry, err) {
				return
			}
		}
	}
}

// table is a file of CSV that is being read.
type table struct {
	text    *limited
	rows    *csv.Reader
	columns []column
	line    int  // of the last row
	over    bool // there is nothing more to read
}

func newTable(r io.Reader) *table {
	text := &limited{r: r, left: maxRecord}
	buffered := unmarked(text)
	rows := csv.NewReader(buffered)
	rows.Comma = separator(buffered)
	rows.FieldsPerRecord, rows.ReuseRecord, rows.TrimLeadingSpace = -1, true, rows.Comma != '\t'
	return &table{text: text, rows: rows}
}

// header reads the names of the columns. With a mistake there the rows would be read wrongly, each of them: it is over.
func (t *table) header() (wrong []error) {
	cells, err := t.rows.Read()
	if err != nil {
		t.over = true
		return []error{headless(err)}
	}
	var mistakes []*Mistake
	t.columns, mistakes = columnsOf(cells, t.rows)
	t.over = len(mistakes) > 0
	for _, m := range mistakes {
		wrong = append(wrong, m)
	}
	return wrong
}

// entry reads a row, or tells why it is none; io.EOF is the end.
func (t *table) entry() (provision.Entry, error) {
	t.text.next()
	cells, err := t.rows.Read()
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, errTooLong):
		t.over = true
		return provision.Entry{}, mistake(t.line+1, 1, "%v", errTooLong)
	case errors.As(err, &syntax):
		return provision.Entry{}, mistake(syntax.Line, syntax.Column, "%s", inWords(syntax.Err))
	case err != nil:
		t.over = true
		return provision.Entry{}, err
	}
	b := row{rows: t.rows, columns: t.columns, cells: cells}
	m := b.read()
	t.line = b.entry.Line
	if m != nil {
		return provision.Entry{}, m
	}
	return b.entry, nil
}

func headless(err error) error {
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return mistake(1, 1, "there is nothing in the file: the first line names the columns, such as deviceId,status")
	case errors.As(err, &syntax):
		return mistake(syntax.Line, syntax.Column, "%s", inWords(syntax.Err))
	case errors.Is(err, errTooLong):
		return mistake(1, 1, "%v", errTooLong)
	}
	return err
}

func inWords(err error) string {
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		return `a quotation mark stands inside a cell: put the cell in quotation marks and write "" for one`
	case errors.Is(err, csv.ErrQuote):
		return `a quotation mark is not closed, or something stands behind it: write "" for one inside a cell`
	}
	return err.Error()
}

// separator is what stands between the cells: spreadsheets write semicolons where a comma is in numbers.
func separator(b interface{ Peek(int) ([]byte, error) }) rune {
	first, _ := b.Peek(4096)
	line, _, _ := strings.Cut(string(first), "\n")
	best, most := ',', strings.Count(line, ",")
	for _, r := range ";\t" {
		if n := strings.Count(line, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}
