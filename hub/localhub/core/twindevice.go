package core

import (
	"context"
	"encoding/json"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/twindoc"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// DeviceTwin is the twin as its device reads it:
// {"desired":{..,"$version":n},"reported":{..,"$version":m}}, with no tags and no
// $metadata (protocol 4.3). Errors: 404001, 404010.
func (h *Hub) DeviceTwin(id ID) ([]byte, error) {
	if err := h.askFor(context.Background(), OpTwinRead, id, 0); err != nil {
		return nil, err
	}
	var t twin
	err := h.db.View(func(tx *bbolt.Tx) (err error) {
		_, t, err = readForTwin(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	desired, err := loadDocument(t.Desired)
	if err != nil {
		return nil, err
	}
	reported, err := loadDocument(t.Reported)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]json.RawMessage{"desired": desired.Plain(), "reported": reported.Plain()})
}

// ReportTwin merges patch into the reported properties, for the device, and
// returns their new version. With a version other than nil the write is refused
// with 412001 unless that is the present one. The twin's version rises, its etag
// does not: it guards what the service writes. Errors: 400004, 404001, 404010,
// 412001, 413001.
func (h *Hub) ReportTwin(ctx context.Context, id ID, patch []byte, version *int64) (int64, error) {
	if err := h.askFor(ctx, OpTwinUpdate, id, len(patch)); err != nil {
		return 0, err
	}
	o, err := parseSection("properties.reported", nonNil(patch))
	if err != nil {
		return 0, err
	}
	var after int64
	var change twinChange
	err = h.update(ctx, func(tx *bbolt.Tx) error {
		_, t, err := readForTwin(tx, id)
		if err != nil {
			return err
		}
		d, err := loadDocument(t.Reported)
		if err != nil {
			return err
		}
		if version != nil && *version != d.Version {
			return NewError(CodePrecondition, "Precondition failed: the reported properties of '%s' are of version %d, not %d.", id, d.Version, *version)
		}
		now := h.now()
		d.Merge(o, now, false)
		if err := checkSize("properties.reported", d.Properties, twindoc.MaxProperties); err != nil {
			return err
		}
		t.Reported, after = d.JSON(), d.Version
		t.Version++
		change = twinChange{Version: int64(t.Version), Properties: &wire.TwinProperties{Reported: d.Change(o, now, false)}}
		return store.Abort(h.putTwin(tx, id, t))
	}, func() { h.announceChange(id, "updateTwin", change) })
	return after, err
}

// nonNil makes no text an empty one, which is no JSON, instead of an absent
// section.
func nonNil(text []byte) []byte {
	if text == nil {
		return []byte{}
	}
	return text
}

// OnDesired asks for changes of the desired properties from now on: the patch as
// the service wrote it with "$version" in it, or the whole new document after a
// replacement, in the order of versions (protocol 4.3). Nil stops. Fn runs on
// the store's writer and must not block or call the hub. Patch must not be
// changed.
func (s *Session) OnDesired(fn func(patch []byte, version int64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desired = fn
}

// pushDesired tells the device, if it asked to be told.
func (s *Session) pushDesired(patch []byte, version int64) {
	s.mu.Lock()
	fn := s.desired
	if s.kick == nil {
		fn = nil
	}
	s.mu.Unlock()
	if fn != nil {
		fn(patch, version)
	}
}
