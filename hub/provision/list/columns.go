package list

import (
	"encoding/csv"
	"strings"
)

// column says what the cells of a column are.
type column struct {
	name string
	read func(b *row, text string) *Mistake // nil for a tag
	path []string                           // of a tag, without "tags"
}

// known are the columns that are no tags, by their names in small letters.
var known = map[string]column{}

func init() {
	for _, c := range []column{
		{name: "deviceId", read: (*row).deviceID},
		{name: "authentication", read: (*row).authentication},
		{name: "primaryKey", read: (*row).primaryKey},
		{name: "secondaryKey", read: (*row).secondaryKey},
		{name: "primaryThumbprint", read: (*row).primaryThumbprint},
		{name: "secondaryThumbprint", read: (*row).secondaryThumbprint},
		{name: "status", read: (*row).status},
		{name: "statusReason", read: (*row).statusReason},
		{name: "iotEdge", read: (*row).iotEdge},
		{name: "deviceScope", read: (*row).deviceScope},
	} {
		known[strings.ToLower(c.name)] = c
	}
}

const someColumns = "deviceId, authentication, primaryKey, secondaryKey, primaryThumbprint, secondaryThumbprint, status, statusReason, iotEdge, deviceScope and tags.<name>"

// columnsOf reads the header.
func columnsOf(header []string, rows *csv.Reader) (columns []column, wrong []*Mistake) {
	seen := map[string]bool{}
	for i, cell := range header {
		line, at := rows.FieldPos(i)
		name := strings.TrimSpace(cell)
		c, isKnown := known[strings.ToLower(name)]
		path, isTag := tagPath(name)
		switch {
		case isTag:
			c = column{name: name, path: path}
		case !isKnown:
			wrong = append(wrong, mistake(line, at, "there is no column %q: there are %s", name, someColumns))
			continue
		}
		key := c.name
		if seen[key] {
			wrong = append(wrong, mistake(line, at, "the column %s is there twice", c.name))
		}
		seen[key] = true
		columns = append(columns, c)
	}
	if !seen["deviceId"] {
		wrong = append([]*Mistake{mistake(1, 1, "the first line must name the columns, one of them deviceId")}, wrong...)
	}
	return columns, append(wrong, inside(columns)...)
}

// tagPath reads tags.location.floor.
func tagPath(name string) ([]string, bool) {
	first, rest, found := strings.Cut(name, ".")
	if !found || !strings.EqualFold(first, "tags") || rest == "" {
		return nil, false
	}
	return strings.Split(rest, "."), true
}

// inside finds tags that would have to be a value and an object at a time.
func inside(columns []column) (wrong []*Mistake) {
	for _, outer := range columns {
		for _, inner := range columns {
			if len(outer.path) > 0 && len(outer.path) < len(inner.path) && strings.HasPrefix(strings.Join(inner.path, ".")+".", strings.Join(outer.path, ".")+".") {
				wrong = append(wrong, mistake(1, 1, "the column %s is inside the column %s: one of them must go", inner.name, outer.name))
			}
		}
	}
	return wrong
}
