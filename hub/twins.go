package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"hubscope/hub/wire"
)

// Twin is the twin of a device or module (protocol 2.5). Its documents are JSON
// text as the service wrote it: their members are the user's own.
type Twin struct {
	DeviceID string
	ModuleID string // empty for a device
	// ETag is the twin's, for [TwinUpdate]; DeviceETag is the identity's.
	ETag, DeviceETag string
	// Version rises with every change of tags or desired properties.
	Version         int64
	Status          Status // empty for a module
	ConnectionState ConnectionState
	LastActivity    time.Time // zero: never
	ModelID         string
	Tags            json.RawMessage
	// Desired and Reported hold $metadata and $version too.
	Desired, Reported json.RawMessage
	// DesiredVersion and ReportedVersion are the $version of the two.
	DesiredVersion, ReportedVersion int64
	// Configurations tells the state of each automatic configuration by its id; may be nil.
	Configurations json.RawMessage
}

// TwinUpdate is what a service may write to a twin: JSON objects. A section that
// is nil stays as it is.
type TwinUpdate struct {
	Tags, Desired json.RawMessage
	// ETag makes the write fail with [ErrPrecondition] when the twin was changed
	// meanwhile; empty or "*": it overwrites.
	ETag string
}

// ErrTwinSection says that a section of a [TwinUpdate] is not a JSON object.
var ErrTwinSection = errors.New("tags and desired properties must each be a JSON object")

// Twin reads the twin of a device. It fails with [ErrNotFound] when there is no such device.
func (c *Client) Twin(ctx context.Context, deviceID string) (Twin, error) {
	return c.ModuleTwin(ctx, deviceID, "")
}

// ModuleTwin reads the twin of a module; with an empty module id, of the device.
func (c *Client) ModuleTwin(ctx context.Context, deviceID, moduleID string) (Twin, error) {
	return c.twinCall(ctx, call{
		op: "read twin of " + nameOf(deviceID, moduleID), method: http.MethodGet,
		path: twinPath(deviceID, moduleID), idempotent: true,
	})
}

// PatchTwin merges u into the twin of a device and gives the twin as it is then.
// A member that is null is deleted, one that is absent stays. It fails with
// [ErrPrecondition] (see TwinUpdate.ETag), [ErrNotFound], [ErrBadRequest] for
// names and values that a twin may not have, [ErrTooLarge], and [ErrTwinSection].
func (c *Client) PatchTwin(ctx context.Context, deviceID string, u TwinUpdate) (Twin, error) {
	return c.PatchModuleTwin(ctx, deviceID, "", u)
}

// PatchModuleTwin is [Client.PatchTwin] for a module; with an empty module id, for the device.
func (c *Client) PatchModuleTwin(ctx context.Context, deviceID, moduleID string, u TwinUpdate) (Twin, error) {
	return c.writeTwin(ctx, http.MethodPatch, deviceID, moduleID, u)
}

// ReplaceTwin is [Client.PatchTwin], but each section in u replaces what there was.
func (c *Client) ReplaceTwin(ctx context.Context, deviceID string, u TwinUpdate) (Twin, error) {
	return c.ReplaceModuleTwin(ctx, deviceID, "", u)
}

// ReplaceModuleTwin is [Client.ReplaceTwin] for a module; with an empty module id, for the device.
func (c *Client) ReplaceModuleTwin(ctx context.Context, deviceID, moduleID string, u TwinUpdate) (Twin, error) {
	return c.writeTwin(ctx, http.MethodPut, deviceID, moduleID, u)
}

func (c *Client) writeTwin(ctx context.Context, method, deviceID, moduleID string, u TwinUpdate) (Twin, error) {
	k := call{
		op: "update twin of " + nameOf(deviceID, moduleID), method: method,
		path: twinPath(deviceID, moduleID), header: ifMatch(u.ETag), body: u.wire(),
		// A second merge of the same patch gives the same twin, though with a new version.
		idempotent: unconditional(u.ETag),
	}
	if !isObject(u.Tags) || !isObject(u.Desired) {
		return Twin{}, &callError{op: k.op, err: ErrTwinSection}
	}
	return c.twinCall(ctx, k)
}

func (c *Client) twinCall(ctx context.Context, k call) (Twin, error) {
	var w wire.Twin
	if _, err := c.do(ctx, k, &w); err != nil {
		return Twin{}, err
	}
	if w.DeviceID == "" {
		return Twin{}, &AnswerError{Op: k.op, Host: c.base.Host, err: errors.New("no deviceId in the answer")}
	}
	return twinFromWire(w), nil
}

// twinWrite is the part of a twin's document that a service may write.
type twinWrite struct {
	Tags       json.RawMessage      `json:"tags,omitempty"`
	Properties *wire.TwinProperties `json:"properties,omitempty"`
}

func (u TwinUpdate) wire() twinWrite {
	w := twinWrite{Tags: u.Tags}
	if u.Desired != nil {
		w.Properties = &wire.TwinProperties{Desired: u.Desired}
	}
	return w
}

// isObject takes what is absent for one.
func isObject(section json.RawMessage) bool {
	var members map[string]json.RawMessage
	return section == nil || json.Unmarshal(section, &members) == nil && members != nil
}

func twinFromWire(w wire.Twin) Twin {
	t := Twin{
		DeviceID: w.DeviceID, ModuleID: w.ModuleID, ETag: w.ETag, DeviceETag: w.DeviceETag,
		Version: w.Version, Status: Status(w.Status), ConnectionState: ConnectionState(w.ConnectionState),
		LastActivity: w.LastActivityTime.Time, ModelID: w.ModelID, Tags: w.Tags, Configurations: w.Configurations,
	}
	if p := w.Properties; p != nil {
		t.Desired, t.DesiredVersion = p.Desired, propertiesVersion(p.Desired)
		t.Reported, t.ReportedVersion = p.Reported, propertiesVersion(p.Reported)
	}
	return t
}

func propertiesVersion(properties json.RawMessage) int64 {
	var v struct {
		Version int64 `json:"$version"`
	}
	_ = json.Unmarshal(properties, &v) // 0 when there is none
	return v.Version
}

func twinPath(deviceID, moduleID string) string {
	path := idPath("twins", deviceID)
	if moduleID != "" {
		path += idPath("modules", moduleID)
	}
	return path
}

// nameOf names a device or module in errors.
func nameOf(deviceID, moduleID string) string {
	if moduleID == "" {
		return strconv.Quote(deviceID)
	}
	return "module " + strconv.Quote(moduleID) + " of " + strconv.Quote(deviceID)
}
