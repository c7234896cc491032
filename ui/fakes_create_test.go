package ui

import (
	"context"

	"hubscope/hub"
)

// PatchTwin takes tags in place of those that there are.
func (r *registry) PatchTwin(_ context.Context, id string, u hub.TwinUpdate) (hub.Twin, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return hub.Twin{}, r.err
	}
	d := r.devices[id]
	d.Tags = u.Tags
	r.devices[id] = d
	return hub.Twin{DeviceID: id, Tags: u.Tags}, nil
}
