package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"hubscope/hub/wire"
)

// Listing says which devices a list is to give, and what of each.
type Listing struct {
	// Paths are members of the twins that are wanted, such as "tags.building" or
	// "reported.firmware.version". See [CheckListPath].
	Paths []string
	// Brief leaves out of the devices what a list does not show: what stays is id, status, connection
	// state, last activity, waiting messages, authentication, IoT Edge and model. For reading very many.
	Brief bool
	// IDs, when there are some, are the only devices wanted. About a hundred fit into the text of a query.
	IDs []string
	// Where is a condition of the query language that the devices meet; "": all do (protocol 3.1). Top is how
	// many are wanted at most, 0: all.
	Where string
	Top   int
	// Page and Continuation are as for [Client.Query]; the continuation holds when all else is the same.
	Page         int
	Continuation string
}

// Listed is a device of a list, with the values of [Listing].Paths in their order: JSON, or empty where
// the twin has no such member.
type Listed struct {
	Device
	Values []json.RawMessage
}

// briefly are the fields of a brief list, as the service names them in a twin (protocol 3.1).
const briefly = "deviceId, status, connectionState, lastActivityTime, cloudToDeviceMessageCount, authenticationType, capabilities, modelId"

// MaxListed is the greatest page of a list that is worth asking for: some services give 1,000, others 100
// whatever is asked for (protocol 3.4).
const MaxListed = 1000

// List gives a page of the devices, without keys: it reads twins by a query. A path that is none fails as in
// [CheckListPath].
func (c *Client) List(ctx context.Context, l Listing) ([]Listed, string, error) {
	const op = "list devices"
	text, err := l.query()
	if err != nil {
		return nil, "", &callError{op: op, err: err}
	}
	p, err := c.query(ctx, op, text, l.Page, l.Continuation)
	if err != nil {
		return nil, "", err
	}
	devices := make([]Listed, len(p.Items))
	for i, item := range p.Items {
		var twin wire.Twin
		if err := json.Unmarshal(item, &twin); err != nil {
			return nil, "", &AnswerError{Op: op, Host: c.base.Host, err: err}
		}
		devices[i] = Listed{Device: deviceFromTwin(twin), Values: l.values(item)}
	}
	return devices, p.Continuation, nil
}

func (l Listing) query() (string, error) {
	var b strings.Builder
	b.WriteString("SELECT ")
	if l.Top > 0 {
		fmt.Fprintf(&b, "TOP %d ", l.Top)
	}
	if !l.Brief {
		b.WriteByte('*')
	} else {
		b.WriteString(briefly)
		for i, path := range l.Paths {
			full, err := twinPathOf(path)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, ", %s AS %s", quotePath(full), aliasOf(i))
		}
	}
	b.WriteString(" FROM devices")
	if condition := l.condition(); condition != "" {
		b.WriteString(" WHERE " + condition)
	}
	return b.String(), nil
}

// condition is what the devices must meet. Where stands there as it is when it is alone, so that the place
// that a refusal names is easily found.
func (l Listing) condition() string {
	if len(l.IDs) == 0 {
		return l.Where
	}
	var b strings.Builder
	b.WriteString("deviceId IN [")
	for i, id := range l.IDs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("'" + strings.ReplaceAll(id, "'", `\'`) + "'")
	}
	b.WriteByte(']')
	if l.Where != "" {
		b.WriteString(" AND (" + l.Where + ")")
	}
	return b.String()
}

// values takes the wanted members out of an item.
func (l Listing) values(item json.RawMessage) []json.RawMessage {
	if len(l.Paths) == 0 {
		return nil
	}
	out := make([]json.RawMessage, len(l.Paths))
	for i, path := range l.Paths {
		if l.Brief {
			out[i] = valueAt(item, []string{aliasOf(i)})
		} else if full, err := twinPathOf(path); err == nil {
			out[i] = valueAt(item, full)
		}
	}
	return out
}

func valueAt(item json.RawMessage, path []string) json.RawMessage {
	at := gjson.ParseBytes(item)
	for _, name := range path {
		if !at.IsObject() {
			return nil
		}
		var found gjson.Result
		at.ForEach(func(key, value gjson.Result) bool {
			if key.String() == name {
				found = value
			}
			return !found.Exists()
		})
		at = found
	}
	if !at.Exists() {
		return nil
	}
	return json.RawMessage(at.Raw)
}

func aliasOf(i int) string { return fmt.Sprintf("c%d", i) }

// errListPath says what a path of a list may be.
var errListPath = errors.New("a path begins with tags., desired. or reported. and has names between its dots, such as tags.building or reported.firmware.version")

// CheckListPath says whether a text is a path for [Listing]: tags., desired. or reported. and then names
// between dots. A name in [[ ]] may hold dots itself. The paths statusReason, deviceScope and modelId, which are of
// the identity, are good too.
func CheckListPath(path string) error {
	_, err := twinPathOf(path)
	return err
}

// sections are the first names of paths, and where these are in a twin.
var sections = map[string][]string{
	"tags": {"tags"}, "desired": {"properties", "desired"}, "reported": {"properties", "reported"},
}

// ofIdentity are the members of a twin that belong to the identity, and that a list may ask for by name.
var ofIdentity = map[string]bool{"statusReason": true, "deviceScope": true, "modelId": true}

func twinPathOf(path string) ([]string, error) {
	if ofIdentity[path] {
		return []string{path}, nil
	}
	names, err := splitPath(strings.TrimPrefix(path, "properties."))
	if err != nil || len(names) < 2 || sections[names[0]] == nil {
		return nil, errListPath
	}
	return append(append([]string(nil), sections[names[0]]...), names[1:]...), nil
}

// splitPath cuts a path at its dots, but for those inside [[ ]].
func splitPath(path string) ([]string, error) {
	var names []string
	for {
		name, rest, more := strings.Cut(path, ".")
		if quoted, ok := strings.CutPrefix(path, "[["); ok {
			end := strings.Index(quoted, "]]")
			if end < 0 {
				return nil, errListPath
			}
			name = quoted[:end]
			rest, more = strings.CutPrefix(quoted[end+2:], ".")
			if !more && rest != "" {
				return nil, errListPath
			}
		}
		if name == "" || len(name) > 1024 || strings.ContainsAny(name, "[]'\"\x00") {
			return nil, errListPath
		}
		names = append(names, name)
		if !more {
			return names, nil
		}
		path = rest
	}
}

// quotePath writes each name of the user's own in [[ ]], which any name may be (protocol 3.1).
func quotePath(names []string) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == 0:
			b.WriteString(name)
		case i == 1 && names[0] == "properties":
			b.WriteString("." + name)
		default:
			b.WriteString(".[[" + name + "]]")
		}
	}
	return b.String()
}
