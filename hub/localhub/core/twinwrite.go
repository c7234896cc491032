package core

import (
	"context"
	"encoding/json"

	"hubscope/hub/wire"
)

// TwinPatch is what the service writes to a twin. A nil section is absent and
// stays as it is.
type TwinPatch struct{ Tags, Desired json.RawMessage }

// PatchTwin merges p into a twin: null deletes a key, absent keys stay. The
// desired part goes to the session's OnDesired as it was given. IfMatch is as in
// UpdateDevice, of the twin's etag. It returns the twin as stored. Errors:
// 400004, 404001, 404010, 412001, 413001 (protocol 2.5).
func (h *Hub) PatchTwin(ctx context.Context, id ID, p TwinPatch, ifMatch string) (wire.Twin, error) {
	return wire.Twin{}, notYet()
}

// ReplaceTwin is PatchTwin, but each section that is present replaces what there
// was.
func (h *Hub) ReplaceTwin(ctx context.Context, id ID, p TwinPatch, ifMatch string) (wire.Twin, error) {
	return wire.Twin{}, notYet()
}

// DeviceTwin is the twin as its device reads it:
// {"desired":{..,"$version":n},"reported":{..,"$version":m}}, with no tags and no
// $metadata (protocol 4.3). Errors: 404001, 404010.
func (h *Hub) DeviceTwin(id ID) ([]byte, error) { return nil, notYet() }

// ReportTwin merges patch into the reported properties, for the device, and
// returns their new version. With a version other than nil the write is refused
// with 412001 unless that is the present one. Errors: 400004, 404001, 404010,
// 412001, 413001.
func (h *Hub) ReportTwin(ctx context.Context, id ID, patch []byte, version *int64) (int64, error) {
	return 0, notYet()
}

// OnDesired asks for changes of the desired properties from now on: the patch as
// the service wrote it with "$version" in it, or the whole new document after a
// replacement, in the order of versions (protocol 4.3). Nil stops. Fn runs on
// the store's writer and must not block or call the hub. Patch must not be
// changed.
func (s *Session) OnDesired(fn func(patch []byte, version int64)) {}
