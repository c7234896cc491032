package ui

import (
	"context"
	"maps"
	"slices"
	"time"

	"hubscope/hub"
	"hubscope/hub/secret"
)

// Modules, Module, CreateModule and DeleteModule keep modules in memory, by the ids of device and module.

func (r *registry) Modules(_ context.Context, deviceID string) ([]hub.Module, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return nil, r.err
	}
	return slices.Collect(maps.Values(r.modules[deviceID])), nil
}

func (r *registry) Module(_ context.Context, deviceID, moduleID string) (hub.Module, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, ok := r.modules[deviceID][moduleID]
	if r.err == nil && !ok {
		return m, &hub.Error{Op: "read module", Status: 404, Code: 404010, Name: "ModuleNotFound"}
	}
	return m, r.err
}

func (r *registry) CreateModule(_ context.Context, m hub.Module) (hub.Module, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return hub.Module{}, r.err
	}
	r.addModule(m)
	return r.modules[m.DeviceID][m.ModuleID], nil
}

func (r *registry) addModule(m hub.Module) {
	if r.modules == nil {
		r.modules = map[string]map[string]hub.Module{}
	}
	if r.modules[m.DeviceID] == nil {
		r.modules[m.DeviceID] = map[string]hub.Module{}
	}
	m.GenerationID, m.ETag = "637194821937465299", "MjU2NzEzMTYx"
	m.Auth = hub.Authentication{Type: hub.AuthSAS, Primary: secret.New(primaryKey), Secondary: secret.New(primaryKey)}
	r.modules[m.DeviceID][m.ModuleID] = m
}

// UpdateModule takes a change of what was seen.
func (r *registry) UpdateModule(_ context.Context, m hub.Module) (hub.Module, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, ok := r.modules[m.DeviceID][m.ModuleID]
	switch {
	case r.err != nil:
		return hub.Module{}, r.err
	case !ok:
		return hub.Module{}, &hub.Error{Op: "update module", Status: 404, Code: 404010, Name: "ModuleNotFound"}
	case m.ETag != "" && m.ETag != was.ETag:
		return hub.Module{}, &hub.Error{Op: "update module", Status: 412, Code: 412001, Name: "PreconditionFailed"}
	}
	m.ETag += "x"
	r.modules[m.DeviceID][m.ModuleID] = m
	return m, nil
}

func (r *registry) DeleteModule(_ context.Context, deviceID, moduleID, _ string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.modules[deviceID], moduleID)
	return r.err
}

// twoModules are those of wind-1.
func twoModules(r *registry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addModule(hub.Module{DeviceID: "wind-1", ModuleID: "camera", ConnectionState: hub.Connected, LastActivity: fixedNow.Add(-2 * time.Second)})
	r.addModule(hub.Module{DeviceID: "wind-1", ModuleID: "$edgeAgent", ManagedBy: "IotEdge"})
}
