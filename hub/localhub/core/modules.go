package core

import (
	"context"

	"hubscope/hub/wire"
)

// CreateModule adds a module identity with its twin to a device and returns it
// as stored. Errors: 400004, 404001, 409301, 413003 (protocol 2.4).
func (h *Hub) CreateModule(ctx context.Context, m wire.Module) (wire.Module, error) {
	return wire.Module{}, notYet()
}

// Module returns a module identity, with its keys. Errors: 404001, 404010.
func (h *Hub) Module(id ID) (wire.Module, error) { return wire.Module{}, notYet() }

// Modules returns the module identities of a device in the order of their ids.
// Error: 404001.
func (h *Hub) Modules(deviceID string) ([]wire.Module, error) { return nil, notYet() }

// UpdateModule is UpdateDevice for a module. Errors: 400004, 404001, 404010,
// 412001.
func (h *Hub) UpdateModule(ctx context.Context, m wire.Module, ifMatch string) (wire.Module, error) {
	return wire.Module{}, notYet()
}

// DeleteModule removes a module identity with its twin and its queue, and ends
// its session. Errors: 404001, 404010, 412001.
func (h *Hub) DeleteModule(ctx context.Context, id ID, ifMatch string) error { return notYet() }

// ModuleTwins returns up to n twins of modules in the order of device and module
// ids, from the first one after the given id on (the zero ID starts at the
// beginning), and where to go on: the zero ID when there are no more.
func (h *Hub) ModuleTwins(after ID, n int) (items []wire.Twin, next ID, err error) {
	return nil, ID{}, notYet()
}

func notYet() error { return NewError(404013, "This is not there yet.") }
