package ui

import (
	"context"

	"hubscope/hub"
	"hubscope/hub/secret"
)

// UpdateDevice changes an identity when nobody else has.
func (r *registry) UpdateDevice(_ context.Context, d hub.Device) (hub.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return hub.Device{}, r.err
	}
	old, ok := r.devices[d.DeviceID]
	switch {
	case !ok:
		return hub.Device{}, &hub.Error{Op: "update device", Status: 404, Code: 404001, Name: "DeviceNotFound"}
	case d.ETag != "" && d.ETag != old.ETag:
		return hub.Device{}, &hub.Error{Op: "update device", Status: 412, Code: 412001, Name: "PreconditionFailed"}
	}
	d.ETag = old.ETag + "A"
	r.devices[d.DeviceID] = d
	return d, nil
}

func (f *fleet) SetKey(string, secret.Text) error { return nil }
