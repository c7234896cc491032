package recording

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/events"
)

// fixed are the columns that every CSV file begins with.
var fixed = []string{
	"enqueuedTime", "receivedTime", "deviceId", "moduleId", "partition", "sequenceNumber", "messageSource",
	"messageId", "correlationId", "contentType", "applicationProperties",
}

// CSV writes events as comma-separated values with a line of headings, as RFC 4180 has it: times in UTC, application
// properties as a JSON object. It is for reading by other programs; only lines of JSON are read again.
//
// What a device sends must not run in the spreadsheet that opens the file: a cell that begins with = + - @, a tab or a
// line break and is no number gets a ' before it, which spreadsheets take for "this is text".
type CSV struct {
	w   *csv.Writer
	row []string
}

// NewCSV writes the headings: the fixed columns, then those given.
func NewCSV(w io.Writer, more []string) (*CSV, error) {
	c := &CSV{w: csv.NewWriter(w)}
	heads := append(c.row, fixed...)
	for _, head := range more {
		heads = append(heads, Harmless(head))
	}
	return c, c.w.Write(heads)
}

// Write writes one event; more are the values of the columns that were given.
func (c *CSV) Write(e *events.Event, more []string) error {
	properties, number := "", ""
	if len(e.Properties) > 0 {
		properties = string(appendMap(nil, e.Properties))
	}
	if e.Partition != "" {
		number = strconv.FormatInt(e.Sequence, 10)
	}
	c.row = append(
		c.row[:0], timeText(e.Enqueued), timeText(e.Received), e.DeviceID, e.ModuleID, e.Partition, number, e.Source,
		e.MessageID, e.CorrelationID, e.ContentType, properties,
	)
	c.row = append(c.row, more...)
	for i := range c.row {
		c.row[i] = Harmless(c.row[i])
	}
	return c.w.Write(c.row)
}

// Harmless makes a formula text; numbers stay what they are.
func Harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

// Flush writes what is left.
func (c *CSV) Flush() error {
	c.w.Flush()
	return c.w.Error()
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
