package ui

import (
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
	d, ok := r.devices[to.DeviceID]
	if !ok {
		return c2d.Receipt{}, &hub.Error{Op: "send a message", Status: 404, Code: 404001, Name: "DeviceNotFound"}
	}
	d.C2DCount++
	r.devices[to.DeviceID] = d
	return c2d.Receipt{MessageID: m.MessageID}, r.err
}
