package ui

import (
	"cmp"
	"context"

	"hubscope/hub"
	"hubscope/hub/secret"
)

// refuse makes every change of an identity fail.
func (r *registry) refuse(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noChanges = err
}

// change changes an identity as somebody else would.
func (r *registry) change(id string, do func(*hub.Device)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.devices[id]
	do(&d)
	d.ETag += "B"
	r.devices[id] = d
}

// UpdateDevice changes an identity when nobody else has.
func (r *registry) UpdateDevice(_ context.Context, d hub.Device) (hub.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := cmp.Or(r.err, r.noChanges); err != nil {
		return hub.Device{}, err
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
