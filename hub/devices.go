package hub

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"hubscope/hub/wire"
)

// CreateDevice adds a device identity and gives it as the hub made it, with its
// keys. It fails with [ErrConflict] when the id is taken. The ETag of d is not used.
func (c *Client) CreateDevice(ctx context.Context, d Device) (Device, error) {
	d.ETag = ""
	return c.deviceCall(ctx, call{
		op: "create device " + strconv.Quote(d.DeviceID), method: http.MethodPut,
		path: idPath("devices", d.DeviceID), body: d.wire(),
	})
}

// Device reads a device identity, with its keys. It fails with [ErrNotFound] when
// there is none.
func (c *Client) Device(ctx context.Context, id string) (Device, error) {
	return c.deviceCall(ctx, call{
		op: "read device " + strconv.Quote(id), method: http.MethodGet,
		path: idPath("devices", id), idempotent: true,
	})
}

// UpdateDevice replaces what can be changed of a device identity: status and reason,
// authentication, capabilities and scope. With an ETag in d it fails with
// [ErrPrecondition] when the identity was changed meanwhile; with none it overwrites. It
// fails with [ErrNotFound] when there is no such device.
func (c *Client) UpdateDevice(ctx context.Context, d Device) (Device, error) {
	return c.deviceCall(ctx, call{
		op: "update device " + strconv.Quote(d.DeviceID), method: http.MethodPut,
		path: idPath("devices", d.DeviceID), header: ifMatch(d.ETag), body: d.wire(), idempotent: unconditional(d.ETag),
	})
}

// DeleteDevice removes a device identity with its twin, its modules and its
// waiting messages. With an etag it fails with [ErrPrecondition] when the identity
// was changed meanwhile; etag "" or "*" deletes whatever its state. It fails with
// [ErrNotFound] when there is no such device.
func (c *Client) DeleteDevice(ctx context.Context, id, etag string) error {
	_, err := c.do(ctx, call{
		op: "delete device " + strconv.Quote(id), method: http.MethodDelete,
		path: idPath("devices", id), header: ifMatch(etag), idempotent: unconditional(etag),
	}, nil)
	return err
}

// RegistryStatistics counts the device identities of the hub.
func (c *Client) RegistryStatistics(ctx context.Context) (RegistryStatistics, error) {
	var s RegistryStatistics
	_, err := c.do(ctx, call{op: "count devices", method: http.MethodGet, path: "/statistics/devices", idempotent: true}, &s)
	return s, err
}

// ServiceStatistics counts the connected devices of the hub.
func (c *Client) ServiceStatistics(ctx context.Context) (ServiceStatistics, error) {
	var s ServiceStatistics
	_, err := c.do(ctx, call{op: "count connected devices", method: http.MethodGet, path: "/statistics/service", idempotent: true}, &s)
	return s, err
}

// RegistryStatistics are the numbers of device identities, ServiceStatistics those
// of connected devices.
type (
	RegistryStatistics = wire.RegistryStatistics
	ServiceStatistics  = wire.ServiceStatistics
)

func (c *Client) deviceCall(ctx context.Context, k call) (Device, error) {
	var w wire.Device
	if _, err := c.do(ctx, k, &w); err != nil {
		return Device{}, err
	}
	if w.DeviceID == "" {
		return Device{}, &AnswerError{Op: k.op, Host: c.base.Host, err: fmt.Errorf("no deviceId in the answer")}
	}
	return deviceFromWire(w), nil
}

func unconditional(etag string) bool { return etag == "" || etag == "*" }
