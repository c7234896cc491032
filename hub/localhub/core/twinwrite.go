package core

import (
	"context"
	"encoding/json"
	"errors"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/twindoc"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// TwinPatch is what the service writes to a twin. A nil section is absent and
// stays as it is; the JSON text null empties it in a patch and stands for absent
// in a replacement (protocol 2.5; the Node SDK's end-to-end tests, "can null out
// all desired properties").
type TwinPatch struct{ Tags, Desired json.RawMessage }

// PatchTwin merges p into a twin: null deletes a key, absent keys stay. The
// desired part goes to the session's OnDesired as it was given. IfMatch is as in
// UpdateDevice, of the twin's etag. It returns the twin as stored. Errors:
// 400004, 404001, 404010, 412001, 413001 (protocol 2.5).
func (h *Hub) PatchTwin(ctx context.Context, id ID, p TwinPatch, ifMatch string) (wire.Twin, error) {
	return h.writeTwin(ctx, twinWrite{id: id, ifMatch: ifMatch}, p)
}

// ReplaceTwin is PatchTwin, but each section that is present replaces what there
// was.
func (h *Hub) ReplaceTwin(ctx context.Context, id ID, p TwinPatch, ifMatch string) (wire.Twin, error) {
	return h.writeTwin(ctx, twinWrite{id: id, ifMatch: ifMatch, replace: true}, p)
}

// twinWrite is one write by the service, and what becomes of it.
type twinWrite struct {
	id            ID
	ifMatch       string
	replace       bool
	tags, desired twindoc.Object // nil: absent
	// configurations changes nothing else of the twin; nil: absent
	configurations json.RawMessage
	quiet          bool // configurations need not look at the twin again

	emptyTags, emptyDesired bool // null was written

	written wire.Twin
	push    []byte // for the device; nil when desired is absent
	version int64  // of desired
	change  twinChange
}

func (w *twinWrite) opType() string {
	if w.replace {
		return "replaceTwin"
	}
	return "updateTwin"
}

func (h *Hub) writeTwin(ctx context.Context, w twinWrite, p TwinPatch) (wire.Twin, error) {
	w.emptyTags, p.Tags = w.takeNull(p.Tags)
	w.emptyDesired, p.Desired = w.takeNull(p.Desired)
	var err error
	if w.tags, err = parseSection("tags", p.Tags); err != nil {
		return wire.Twin{}, err
	}
	if w.desired, err = parseSection("properties.desired", p.Desired); err != nil {
		return wire.Twin{}, err
	}
	err = h.update(ctx, func(tx *bbolt.Tx) error { return w.run(h, tx) }, func() {
		w.tell(h)
		if w.change.Version > 0 {
			h.announceChange(w.id, w.opType(), w.change)
		}
	})
	if err != nil {
		return wire.Twin{}, err
	}
	return w.written, nil
}

// tell the device of its new desired properties, if there are some. To be called
// when the write is durable.
func (w *twinWrite) tell(h *Hub) {
	if s := h.sessions.get(w.id); s != nil && w.push != nil {
		s.pushDesired(w.push, w.version)
	}
}

// run checks and writes. Writer goroutine.
func (w *twinWrite) run(h *Hub, tx *bbolt.Tx) error {
	i, t, err := readForTwin(tx, w.id)
	if err != nil {
		return err
	}
	if err := checkMatch(w.ifMatch, twinETag(t.ETag), "the twin of '"+w.id.String()+"'"); err != nil {
		return err
	}
	if w.configurations != nil {
		t.Configurations = w.configurations
	}
	if err := w.applyTags(&t); err != nil {
		return err
	}
	if err := w.applyDesired(h, &t); err != nil {
		return err
	}
	if w.tags != nil || w.desired != nil || w.configurations == nil {
		t.Version++
		t.ETag++
		w.change.Version = int64(t.Version)
	}
	if w.written, err = h.wireTwin(tx, w.id, &i, &t); err != nil {
		return err
	}
	if w.quiet {
		return store.Abort(putJSON(tx.Bucket(twinsBucket), w.id.key(), t))
	}
	return store.Abort(h.putTwin(tx, w.id, t))
}

// putTwin stores a twin, and has configurations look at it. Writer goroutine.
func (h *Hub) putTwin(tx *bbolt.Tx, id ID, t twin) error {
	return errors.Join(putJSON(tx.Bucket(twinsBucket), id.key(), t), h.mark(tx, id))
}

// takeNull tells whether null empties a section, and leaves none.
func (w *twinWrite) takeNull(section json.RawMessage) (empties bool, rest json.RawMessage) {
	if string(section) != "null" {
		return false, section
	}
	return !w.replace, nil
}

func (w *twinWrite) applyTags(t *twin) error {
	if w.emptyTags {
		t.Tags, w.change.Tags = nil, json.RawMessage("null")
		return nil
	}
	if w.tags == nil {
		return nil
	}
	var tags twindoc.Object
	if !w.replace {
		var err error
		if tags, err = twindoc.LoadObject(t.Tags); err != nil {
			return errors.Join(store.ErrDamaged, err)
		}
	}
	tags = tags.Merged(w.tags)
	t.Tags = tags.JSON()
	if w.change.Tags = t.Tags; !w.replace {
		w.change.Tags = w.tags.JSON()
	}
	return checkSize("tags", tags, twindoc.MaxTags)
}

func (w *twinWrite) applyDesired(h *Hub, t *twin) error {
	if w.desired == nil && !w.emptyDesired {
		return nil
	}
	d, err := loadDocument(t.Desired)
	if err != nil {
		return err
	}
	if w.emptyDesired {
		w.desired = d.Properties.Nulls()
	}
	now := h.now()
	change := &wire.TwinProperties{}
	if w.replace {
		d.Replace(w.desired, now, true)
		w.push, change.Desired = d.Plain(), d.JSON()
	} else {
		d.Merge(w.desired, now, true)
		w.push, change.Desired = w.desired.WithVersion(d.Version), d.Change(w.desired, now, true)
	}
	t.Desired, w.version, w.change.Properties = d.JSON(), d.Version, change
	return checkSize("properties.desired", d.Properties, twindoc.MaxProperties)
}

// parseSection reads a section that a client wrote; nil when it is absent.
func parseSection(name string, text json.RawMessage) (twindoc.Object, error) {
	if text == nil {
		return nil, nil
	}
	o, err := twindoc.Parse(text)
	if err != nil {
		return nil, NewError(CodeArgumentInvalid, "The twin's %s can not be taken: %s.", name, err)
	}
	return o, nil
}

func checkSize(name string, o twindoc.Object, limit int) error {
	if size := o.Size(); size > limit {
		return NewError(CodeMessageTooLarge, "The twin's %s would have %d bytes, the limit is %d.", name, size, limit)
	}
	return nil
}

func loadDocument(stored json.RawMessage) (twindoc.Document, error) {
	d, err := twindoc.Load(stored)
	if err != nil {
		return d, errors.Join(store.ErrDamaged, err)
	}
	return d, nil
}
