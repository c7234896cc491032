package core

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"go.etcd.io/bbolt"

	"hubscope/hub/connstr"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// maxModules is how many modules a device may have (protocol 9).
const maxModules = 50

// systemModules come with every IoT Edge device, and stay (protocol 1.5).
var systemModules = []string{"$edgeAgent", "$edgeHub"}

// CreateModule adds a module identity with its twin to a device and returns it
// as stored. Errors: 400004, 404001, 409301, 413003 (protocol 2.4).
func (h *Hub) CreateModule(ctx context.Context, m wire.Module) (wire.Module, error) {
	id := ID{Device: m.DeviceID, Module: m.ModuleID}
	if err := checkModule(m); err != nil {
		return wire.Module{}, err
	}
	var made []lifecycle
	err := h.update(ctx, func(tx *bbolt.Tx) error {
		if _, err := readIdentity(tx, ID{Device: id.Device}); err != nil {
			return err
		}
		if tx.Bucket(modulesBucket).Get(id.key()) != nil {
			return NewError(CodeModuleExists, "A module with ID '%s' is already registered on device '%s'.", id.Module, id.Device)
		}
		if n := len(modulesOf(tx, id.Device)); n >= maxModules {
			return NewError(CodeTooManyModules, "The device '%s' has %d modules, and can have no more.", id.Device, n)
		}
		err := h.makeModule(tx, id, m)
		if err == nil {
			made, err = h.lifecycles(tx, []ID{id})
		}
		return store.Abort(err)
	}, func() { h.announceAll("create", made) })
	if err != nil {
		return wire.Module{}, err
	}
	return h.Module(id)
}

// makeModule writes a new module identity with its twin. Writer goroutine.
func (h *Hub) makeModule(tx *bbolt.Tx, id ID, m wire.Module) error {
	i := identity{Generation: h.newGeneration(h.now())}
	i.applyModule(m)
	return errors.Join(i.write(tx, id), h.putTwin(tx, id, newTwin()))
}

// applyModule takes over what a client may set.
func (i *identity) applyModule(m wire.Module) {
	i.applyAuthentication(m.Authentication)
	i.ManagedBy = ""
	if m.ManagedBy != nil {
		i.ManagedBy = *m.ManagedBy
	}
}

// makeSystemModules gives an IoT Edge device the modules that it must have, if
// they are not there. Writer goroutine.
func (h *Hub) makeSystemModules(tx *bbolt.Tx, device string, i *identity) error {
	if !i.IoTEdge {
		return nil
	}
	for _, name := range systemModules {
		id := ID{Device: device, Module: name}
		if tx.Bucket(modulesBucket).Get(id.key()) != nil {
			continue
		}
		if err := h.makeModule(tx, id, wire.Module{}); err != nil {
			return err
		}
	}
	return nil
}

func checkModule(m wire.Module) error {
	if err := connstr.CheckDeviceID(m.ModuleID); err != nil {
		return NewError(CodeArgumentInvalid, "ModuleId is invalid: %s.", err)
	}
	return checkAuthentication(m.Authentication)
}

// modulesOf lists the modules of a device in the order of their ids.
func modulesOf(tx *bbolt.Tx, device string) []ID {
	var ids []ID
	prefix := []byte(device + "\x00")
	c := tx.Bucket(modulesBucket).Cursor()
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Next() {
		ids = append(ids, ID{Device: device, Module: string(key[len(prefix):])})
	}
	return ids
}

// Module returns a module identity, with its keys. Errors: 404001, 404010.
func (h *Hub) Module(id ID) (wire.Module, error) {
	if id.Module == "" {
		return wire.Module{}, NewError(CodeArgumentInvalid, "ModuleId is missing.")
	}
	var m wire.Module
	err := h.db.View(func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, id)
		if err != nil {
			return err
		}
		m, err = h.wireModule(tx, id, &i)
		return err
	})
	return m, err
}

// Modules returns the module identities of a device in the order of their ids.
// Error: 404001.
func (h *Hub) Modules(deviceID string) ([]wire.Module, error) {
	var modules []wire.Module
	err := h.db.View(func(tx *bbolt.Tx) error {
		device, err := readIdentity(tx, ID{Device: deviceID})
		if err != nil {
			return err
		}
		for _, id := range modulesOf(tx, deviceID) {
			i, err := readModule(tx, id, device.Disabled)
			if err != nil {
				return err
			}
			m, err := h.wireModule(tx, id, &i)
			if err != nil {
				return err
			}
			modules = append(modules, m)
		}
		return nil
	})
	return modules, err
}

// wireModule is the document of a module identity.
func (h *Hub) wireModule(tx *bbolt.Tx, id ID, i *identity) (wire.Module, error) {
	a, err := readActivity(tx, id.key())
	if err != nil {
		return wire.Module{}, err
	}
	a, connected := h.current(id, a)
	m := wire.Module{
		ModuleID: id.Module, DeviceID: id.Device, GenerationID: i.Generation, ETag: deviceETag(i.ETag),
		ConnectionState: connectionState(connected), ConnectionStateUpdatedTime: wire.Time{Time: a.StateChanged},
		LastActivityTime: wire.Time{Time: a.Last}, CloudToDeviceMessageCount: h.c2d.Count(tx, string(id.key())),
		Authentication: i.authentication(),
	}
	if i.ManagedBy != "" {
		m.ManagedBy = &i.ManagedBy
	}
	return m, nil
}

// UpdateModule is UpdateDevice for a module. Errors: 400004, 404001, 404010,
// 412001.
func (h *Hub) UpdateModule(ctx context.Context, m wire.Module, ifMatch string) (wire.Module, error) {
	id := ID{Device: m.DeviceID, Module: m.ModuleID}
	if err := checkModule(m); err != nil {
		return wire.Module{}, err
	}
	var before, after identity
	err := h.update(ctx, func(tx *bbolt.Tx) error {
		var err error
		if before, err = readIdentity(tx, id); err != nil {
			return err
		}
		if err := checkMatch(ifMatch, deviceETag(before.ETag), "module '"+id.String()+"'"); err != nil {
			return err
		}
		after = before
		after.applyModule(m)
		return store.Abort(errors.Join(after.write(tx, id), h.mark(tx, id)))
	}, func() { h.endOutdated(id, &before, &after) })
	if err != nil {
		return wire.Module{}, err
	}
	return h.Module(id)
}

// DeleteModule removes a module identity with its twin and its queue, and ends
// its session. Errors: 404001, 404010, 412001, 401100 for the system modules of
// an IoT Edge device.
func (h *Hub) DeleteModule(ctx context.Context, id ID, ifMatch string) error {
	if id.Module == "" {
		return NewError(CodeArgumentInvalid, "ModuleId is missing.")
	}
	var ended []lifecycle
	return h.update(ctx, func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, id)
		if err != nil {
			return err
		}
		if strings.HasPrefix(id.Module, "$") {
			return NewError(CodeSystemModule, "The system module '%s' can not be deleted.", id.Module)
		}
		if err := checkMatch(ifMatch, deviceETag(i.ETag), "module '"+id.String()+"'"); err != nil {
			return err
		}
		if ended, err = h.lifecycles(tx, []ID{id}); err != nil {
			return err
		}
		return store.Abort(errors.Join(h.remove(tx, id), forgetStoredSession(tx, id)))
	}, func() {
		h.removed(id)
		h.announceAll("delete", ended)
	})
}

// ModuleTwins returns up to n twins of modules in the order of device and module
// ids, from the first one after the given id on (the zero ID starts at the
// beginning), and where to go on: the zero ID when there are no more.
func (h *Hub) ModuleTwins(after ID, n int) (items []wire.Twin, next ID, err error) {
	items = make([]wire.Twin, 0, min(n, 1000))
	err = h.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(modulesBucket).Cursor()
		key, _ := c.Seek(append(after.key(), 0))
		if after.Device == "" {
			key, _ = c.First()
		}
		for ; key != nil; key, _ = c.Next() {
			if len(items) == n {
				next = after
				return nil
			}
			device, module, _ := strings.Cut(string(key), "\x00")
			after = ID{Device: device, Module: module}
			i, err := readIdentity(tx, after)
			if err != nil {
				return err
			}
			t, err := h.readTwin(tx, after, &i)
			if err != nil {
				return err
			}
			items = append(items, t)
		}
		return nil
	})
	return items, next, err
}
