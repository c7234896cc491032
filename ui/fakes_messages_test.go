package ui

import (
	"cmp"
	"context"

	"hubscope/hub"
	"hubscope/hub/c2d"
)

// PurgeC2D empties the queue of a device.
func (r *registry) PurgeC2D(_ context.Context, id string) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.devices[id]
	if !ok {
		return 0, &hub.Error{Op: "purge messages", Status: 404, Code: 404001, Name: "DeviceNotFound"}
	}
	n := d.C2DCount
	d.C2DCount = 0
	r.devices[id] = d
	return n, r.err
}

// Send puts a message into the queue of a device.
func (r *registry) Send(_ context.Context, to c2d.To, m c2d.Message) (c2d.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return c2d.Receipt{}, r.err
	}
	d, ok := r.devices[to.DeviceID]
	if !ok {
		return c2d.Receipt{}, &hub.Error{Op: "send a message", Status: 404, Code: 404001, Name: "DeviceNotFound"}
	}
	d.C2DCount++
	r.devices[to.DeviceID] = d
	return c2d.Receipt{MessageID: cmp.Or(m.MessageID, "5e0f2b9d-3f6a-4d7c-8b1a-0c9d8e7f6a5b")}, nil
}
