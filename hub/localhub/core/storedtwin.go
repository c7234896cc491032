package core

import (
	"github.com/tidwall/gjson"
	"go.etcd.io/bbolt"

	"hubscope/hub/wire"
)

// StoredTwin is a twin while it is visited; it must not be used after that, what
// it gave may be. Only what is asked for is read and decoded: who looks at one tag
// of a million twins should not wait for all the rest.
type StoredTwin struct {
	ID ID

	hub                *Hub
	tx                 *bbolt.Tx
	registered, stored []byte // sealed

	text     string // of stored; empty until it is wanted
	identity *identity
	twin     *wire.Twin
	err      error // the first one; it ends the scan
}

// Tags, Desired, Reported and Configurations give the JSON texts that the twin has
// under these names; Configurations may be empty.
func (t *StoredTwin) Tags() string           { return t.section("t", string(emptyObject)) }
func (t *StoredTwin) Desired() string        { return t.section("d", string(emptyProperties)) }
func (t *StoredTwin) Reported() string       { return t.section("r", string(emptyProperties)) }
func (t *StoredTwin) Configurations() string { return t.section("c", "") }

// section finds a member of the stored document.
func (t *StoredTwin) section(name, otherwise string) string {
	if t.text == "" && t.err == nil {
		t.text, t.err = unsealText(t.stored) // whole by its checksum: it is the JSON that was written
	}
	if section := gjson.Get(t.text, name); section.Exists() {
		return section.Raw
	}
	return otherwise
}

// Status is enabled or disabled.
func (t *StoredTwin) Status() string {
	if t.identity != nil || t.ID.Module != "" {
		return t.registration().status()
	}
	text, err := unsealText(t.registered)
	t.note(err)
	i := identity{Disabled: gjson.Get(text, "x").Bool()}
	return i.status()
}

// ConnectionState is Connected or Disconnected.
func (t *StoredTwin) ConnectionState() string {
	return connectionState(t.hub.sessions.get(t.ID) != nil)
}

func (t *StoredTwin) registration() *identity {
	if t.identity != nil {
		return t.identity
	}
	t.identity = new(identity)
	if t.ID.Module != "" { // it is disabled when its device is
		i, err := readIdentity(t.tx, t.ID)
		*t.identity = i
		t.note(err)
		return t.identity
	}
	t.note(unsealJSON(t.registered, t.identity))
	return t.identity
}

// Twin is the whole document.
func (t *StoredTwin) Twin() wire.Twin {
	if t.twin == nil {
		twin, err := t.hub.readTwin(t.tx, t.ID, t.registration())
		t.twin = &twin
		t.note(err)
	}
	return *t.twin
}

func (t *StoredTwin) note(err error) {
	if t.err == nil {
		t.err = err
	}
}
