package ui

import (
	"context"

	"hubscope/hub"
)

// absentRegistry stands where there is none: an Event Hubs-compatible connection
// string reads events and nothing else. Every call says so, and the Devices tab
// shows it with what to do.
type absentRegistry struct{}

func (absentRegistry) CreateDevice(context.Context, hub.Device) (hub.Device, error) {
	return hub.Device{}, hub.ErrNoService
}

func (absentRegistry) Device(context.Context, string) (hub.Device, error) {
	return hub.Device{}, hub.ErrNoService
}

func (absentRegistry) DeleteDevice(context.Context, string, string) error { return hub.ErrNoService }

func (absentRegistry) Devices(context.Context, int, string) ([]hub.Device, string, error) {
	return nil, "", hub.ErrNoService
}

func (absentRegistry) RegistryStatistics(context.Context) (hub.RegistryStatistics, error) {
	return hub.RegistryStatistics{}, hub.ErrNoService
}
