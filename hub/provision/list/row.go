package list

import (
	"encoding/csv"
	"fmt"
	"strings"

	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/hub/secret"
	"hubscope/hub/twinpatch"
)

// row reads the cells of one row of CSV.
type row struct {
	rows    *csv.Reader
	columns []column
	cells   []string

	at    int // the cell
	entry provision.Entry
	scope string
	tags  *twinpatch.Value
}

func (b *row) wrong(format string, args ...any) *Mistake {
	line, column := b.rows.FieldPos(b.at)
	return mistake(line, column, "%s: %s", b.columns[b.at].name, fmt.Sprintf(format, args...))
}

func (b *row) read() *Mistake {
	b.entry.Line, _ = b.rows.FieldPos(0)
	if len(b.cells) > len(b.columns) {
		line, at := b.rows.FieldPos(len(b.columns))
		return mistake(line, at, "this row has %d cells, and there are %d columns", len(b.cells), len(b.columns))
	}
	for i, cell := range b.cells {
		b.at = i
		cell = strings.TrimSpace(cell)
		c := b.columns[i]
		switch {
		case c.read != nil && (cell != "" || c.name == "deviceId"):
			if m := c.read(b, cell); m != nil {
				return m
			}
		case c.read == nil && cell != "":
			b.tag(c.path, cell)
		}
	}
	return b.finish()
}

// finish checks what several cells say together.
func (b *row) finish() *Mistake {
	d := &b.entry.Change.Device
	if d.DeviceID == "" { // the row ends before its column
		return mistake(b.entry.Line, 1, "deviceId: a device id must not be empty")
	}
	if reason := settle(d, b.scope); reason != "" {
		return mistake(b.entry.Line, 1, "%s", reason)
	}
	if b.tags == nil {
		return nil
	}
	if wrong := twinpatch.Check(b.tags, twinpatch.MaxTags); len(wrong) > 0 {
		return mistake(b.entry.Line, b.tagColumn(wrong[0].Path), "tags.%s: %s", strings.Join(wrong[0].Path, "."), wrong[0].Reason)
	}
	b.entry.Change.Tags = b.tags.JSON()
	return nil
}

// tagColumn is where the cell of a tag begins.
func (b *row) tagColumn(path []string) int {
	for i, c := range b.columns[:len(b.cells)] {
		if len(c.path) > 0 && len(path) >= len(c.path) && strings.Join(path[:len(c.path)], ".") == strings.Join(c.path, ".") {
			_, at := b.rows.FieldPos(i)
			return at
		}
	}
	return 1
}

func (b *row) tag(path []string, cell string) {
	if b.tags == nil {
		b.tags = twinpatch.Empty()
	}
	object := b.tags
	for _, name := range path[:len(path)-1] {
		inner := object.Get(name)
		if inner == nil {
			inner = twinpatch.Empty()
			object.Members = append(object.Members, twinpatch.Member{Name: name, Value: inner})
		}
		object = inner
	}
	object.Members = append(object.Members, twinpatch.Member{Name: path[len(path)-1], Value: valueOf(cell)})
}

// valueOf is the JSON that a cell is written as, or its text.
func valueOf(cell string) *twinpatch.Value {
	holder, err := twinpatch.Parse([]byte(`{"x":` + cell + `}`))
	if err != nil || len(holder.Members) != 1 || holder.Members[0].Value.IsNull() {
		return &twinpatch.Value{Kind: twinpatch.Text, Text: cell}
	}
	return holder.Members[0].Value
}

func (b *row) deviceID(text string) *Mistake {
	d := &b.entry.Change.Device
	d.DeviceID = text
	if reason := badID(text); reason != "" {
		return b.wrong("%s", reason)
	}
	return nil
}

func (b *row) authentication(text string) *Mistake {
	t, ok := authType(text)
	if !ok {
		return b.wrong("%q is not sas, selfSigned, certificateAuthority or none", text)
	}
	b.entry.Change.Device.Auth.Type = t
	return nil
}

func (b *row) primaryKey(text string) *Mistake {
	return b.key(text, &b.entry.Change.Device.Auth.Primary)
}

func (b *row) secondaryKey(text string) *Mistake {
	return b.key(text, &b.entry.Change.Device.Auth.Secondary)
}

func (b *row) key(text string, to *secret.Text) *Mistake {
	if err := provision.CheckKey(text); err != nil {
		return b.wrong("%v", err)
	}
	*to = secret.New(text)
	return nil
}

func (b *row) primaryThumbprint(text string) *Mistake {
	return b.thumbprint(text, &b.entry.Change.Device.Auth.PrimaryThumbprint)
}

func (b *row) secondaryThumbprint(text string) *Mistake {
	return b.thumbprint(text, &b.entry.Change.Device.Auth.SecondaryThumbprint)
}

func (b *row) thumbprint(text string, to *string) *Mistake {
	digits, err := provision.Thumbprint(text)
	if err != nil {
		return b.wrong("%v", err)
	}
	*to = digits
	return nil
}

func (b *row) status(text string) *Mistake {
	status, ok := statusOf(text)
	if !ok {
		return b.wrong("%q is neither enabled nor disabled", text)
	}
	b.entry.Change.Device.Status = status
	return nil
}

func (b *row) statusReason(text string) *Mistake {
	if reason := longReason(text); reason != "" {
		return b.wrong("%s", reason)
	}
	b.entry.Change.Device.StatusReason = text
	return nil
}

func (b *row) iotEdge(text string) *Mistake {
	switch strings.ToLower(text) {
	case "true", "yes", "1":
		b.entry.Change.Device.IoTEdge = true
	case "false", "no", "0":
	default:
		return b.wrong("%q is neither true nor false", text)
	}
	return nil
}

func (b *row) deviceScope(text string) *Mistake {
	if !isScope(text) {
		return b.wrong("a scope begins with %s: it stands in the identity of the parent", hub.ScopePrefix)
	}
	b.scope = text
	return nil
}
