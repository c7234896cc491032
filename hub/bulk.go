package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"hubscope/hub/wire"
)

// MaxBulk is the greatest number of changes in one call of [Client.Bulk].
const MaxBulk = 100

// ErrBulkSize says that there are no changes, or more than [MaxBulk].
var ErrBulkSize = errors.New("one call takes 1 to 100 changes")

// ImportMode says what [Client.Bulk] does with an identity.
type ImportMode string

// The values of ImportMode. Those that end in IfMatchETag need the ETag of the
// identity, BulkUpdateTwinIfMatchETag that of the twin.
const (
	BulkCreate                    ImportMode = wire.ImportCreate
	BulkCreateOrUpdate            ImportMode = wire.ImportCreateOrUpdate
	BulkCreateOrUpdateIfMatchETag ImportMode = wire.ImportCreateOrUpdateIfMatchETag
	BulkUpdate                    ImportMode = wire.ImportUpdate
	BulkUpdateIfMatchETag         ImportMode = wire.ImportUpdateIfMatchETag
	BulkDelete                    ImportMode = wire.ImportDelete
	BulkDeleteIfMatchETag         ImportMode = wire.ImportDeleteIfMatchETag
	BulkUpdateTwin                ImportMode = wire.ImportUpdateTwin
	BulkUpdateTwinIfMatchETag     ImportMode = wire.ImportUpdateTwinIfMatchETag
)

// Change is what is to be done with one device identity, or one of its modules
// (protocol 2.4).
type Change struct {
	Mode ImportMode
	// Device is the identity. For a module only DeviceID, ETag and Auth count.
	Device Device
	// ModuleID makes it a module of the device.
	ModuleID string
	// TwinETag is for BulkUpdateTwinIfMatchETag.
	TwinETag string
	// Tags and Desired are for the twin: a patch with BulkUpdateTwin, the whole
	// section with the others; nil leaves it as it is.
	Tags, Desired json.RawMessage
}

// BulkResult tells what became of the changes of a call; those that it does not name were made.
type BulkResult struct {
	Errors   []BulkError
	Warnings []BulkError // what was made, but not in full: a device without its tags
}

// OK says that all changes were made.
func (r BulkResult) OK() bool { return len(r.Errors) == 0 }

// BulkError says why a change was not made.
type BulkError struct {
	DeviceID, ModuleID string
	// Name is the service's name for the reason, such as DeviceAlreadyExists; its
	// number with some services.
	Name    string
	Message string
}

// Error names the device and the reason.
func (e BulkError) Error() string {
	return fmt.Sprintf("%s: %s (%s)", nameOf(e.DeviceID, e.ModuleID), e.Message, e.Name)
}

// Bulk makes up to [MaxBulk] changes of identities in one call. Each is made on
// its own: the result names those that were refused, which is no error of the
// call. The changes of one call must be of different identities. A call that was
// cut off may have been carried out in part; it is not tried again.
func (c *Client) Bulk(ctx context.Context, changes []Change) (BulkResult, error) {
	k := call{
		op: "change devices in bulk", method: http.MethodPost, path: "/devices",
		accepts: isBulkResult,
	}
	if len(changes) == 0 || len(changes) > MaxBulk {
		return BulkResult{}, &callError{op: k.op, err: ErrBulkSize}
	}
	items := make([]wire.BulkItem, len(changes))
	for i, change := range changes {
		items[i] = change.wire()
	}
	k.body = items
	var w wire.BulkResult
	if _, err := c.do(ctx, k, &w); err != nil {
		return BulkResult{}, err
	}
	return bulkFromWire(w), nil
}

// isBulkResult tells the result of a call of which a part failed from a refusal
// of the whole (protocol 2.1).
func isBulkResult(status int, body []byte) bool {
	var result struct {
		IsSuccessful *bool `json:"isSuccessful"`
	}
	return status == http.StatusBadRequest && json.Unmarshal(body, &result) == nil && result.IsSuccessful != nil
}

func bulkFromWire(w wire.BulkResult) BulkResult {
	var r BulkResult
	for _, e := range w.Errors {
		r.Errors = append(r.Errors, BulkError{
			DeviceID: e.DeviceID, ModuleID: e.ModuleID, Name: oneLine(string(e.ErrorCode)), Message: oneLine(redactFields(e.ErrorStatus)),
		})
	}
	for _, e := range w.Warnings {
		r.Warnings = append(r.Warnings, BulkError{
			DeviceID: e.DeviceID, Name: oneLine(e.WarningCode), Message: oneLine(redactFields(e.WarningStatus)),
		})
	}
	return r
}

func (c Change) wire() wire.BulkItem {
	w := wire.BulkItem{
		ID: c.Device.DeviceID, ModuleID: c.ModuleID, ETag: c.Device.ETag, ImportMode: string(c.Mode),
		TwinETag: c.TwinETag, Tags: c.Tags,
	}
	if c.Desired != nil {
		w.Properties = &wire.TwinProperties{Desired: c.Desired}
	}
	switch c.Mode {
	case BulkDelete, BulkDeleteIfMatchETag, BulkUpdateTwin, BulkUpdateTwinIfMatchETag:
		return w
	}
	d := c.Device.wire()
	w.Authentication = d.Authentication
	if c.ModuleID == "" {
		w.Status, w.StatusReason, w.Capabilities = d.Status, d.StatusReason, d.Capabilities
		w.DeviceScope, w.ParentScopes = d.DeviceScope, d.ParentScopes
	}
	return w
}
