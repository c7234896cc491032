package core

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// CreateDevice adds a device identity with its twin and returns it as stored,
// with its keys; keys that are not given are made (protocol 2.4). What only the
// hub decides is ignored in d. Errors: 400004 with the field that is wrong,
// 409001, 413002.
func (h *Hub) CreateDevice(ctx context.Context, d wire.Device) (wire.Device, error) {
	if err := checkDevice(d); err != nil {
		return wire.Device{}, err
	}
	var created identity
	var made []lifecycle
	err := h.update(ctx, func(tx *bbolt.Tx) error {
		devices, n := tx.Bucket(devicesBucket), counts{}
		if devices.Get([]byte(d.DeviceID)) != nil {
			return NewError(CodeDeviceExists, "A device with ID '%s' is already registered.", d.DeviceID)
		}
		if err := n.read(tx); err != nil {
			return err
		}
		if n.Total >= maxDevices {
			return NewError(CodeTooManyDevices, "The hub has %d devices, and can have no more.", n.Total)
		}
		now := h.now()
		created = identity{Generation: h.newGeneration(now)}
		created.apply(d, now)
		if err := created.checkScopes(tx); err != nil {
			return err
		}
		device := ID{Device: d.DeviceID}
		err := errors.Join(
			created.write(tx, device),
			h.putTwin(tx, device, newTwin()),
			h.makeSystemModules(tx, d.DeviceID, &created),
			n.change(created.Disabled, 1).write(tx),
		)
		if err == nil {
			made, err = h.lifecycles(tx, append([]ID{device}, modulesOf(tx, d.DeviceID)...))
		}
		return store.Abort(err)
	}, func() { h.announceAll("create", made) })
	if err != nil {
		return wire.Device{}, err
	}
	return h.wireDevice(d.DeviceID, &created, activity{}), nil
}

// Device returns a device identity, with its keys. Error: 404001.
func (h *Hub) Device(id string) (wire.Device, error) {
	var d wire.Device
	err := h.db.View(func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, ID{Device: id})
		if err != nil {
			return err
		}
		a, err := readActivity(tx, []byte(id))
		d = h.wireDevice(id, &i, a)
		d.CloudToDeviceMessageCount = h.c2d.Count(tx, id)
		return err
	})
	return d, err
}

// UpdateDevice replaces what a client may set of an identity (status, reason,
// authentication, capabilities, scopes) and returns it as stored. An
// authentication that is absent stays as it is; empty keys in it are made anew.
// IfMatch is the If-Match header, with or without quotes; empty and * match
// everything (protocol 2.2). A live session ends when the device is disabled or
// its credentials change. Errors: 400004, 404001, 412001.
func (h *Hub) UpdateDevice(ctx context.Context, d wire.Device, ifMatch string) (wire.Device, error) {
	if err := checkDevice(d); err != nil {
		return wire.Device{}, err
	}
	var before, after identity
	err := h.update(ctx, func(tx *bbolt.Tx) error {
		var err error
		if before, err = readIdentity(tx, ID{Device: d.DeviceID}); err != nil {
			return err
		}
		if err := checkMatch(ifMatch, deviceETag(before.ETag), "device '"+d.DeviceID+"'"); err != nil {
			return err
		}
		var n counts
		if err := n.read(tx); err != nil {
			return err
		}
		after = before
		after.apply(d, h.now())
		if after.IoTEdge && before.IoTEdge && d.DeviceScope != "" && d.DeviceScope != before.Scope {
			return NewError(CodeInvalidDeviceScope, "The scope of an IoT Edge device can not be changed.")
		}
		if err := after.checkScopes(tx); err != nil {
			return err
		}
		n = n.change(before.Disabled, -1).change(after.Disabled, 1)
		return store.Abort(errors.Join(
			after.write(tx, ID{Device: d.DeviceID}), h.mark(tx, ID{Device: d.DeviceID}), h.makeSystemModules(tx, d.DeviceID, &after), n.write(tx),
		))
	}, func() {
		h.endOutdated(ID{Device: d.DeviceID}, &before, &after)
		if after.Disabled {
			h.sessions.endModules(d.DeviceID, disabledError(ID{Device: d.DeviceID}))
		}
	})
	if err != nil {
		return wire.Device{}, err
	}
	return h.Device(d.DeviceID)
}

// DeleteDevice removes an identity with its twin, its queue and its modules, and
// ends their sessions. IfMatch is as in UpdateDevice. Errors: 404001, 412001.
func (h *Hub) DeleteDevice(ctx context.Context, id, ifMatch string) error {
	device := ID{Device: id}
	gone := []ID{device}
	var ended []lifecycle
	return h.update(ctx, func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, device)
		if err != nil {
			return err
		}
		if err := checkMatch(ifMatch, deviceETag(i.ETag), "device '"+id+"'"); err != nil {
			return err
		}
		var n counts
		if err := n.read(tx); err != nil {
			return err
		}
		gone = append(gone, modulesOf(tx, id)...)
		if ended, err = h.lifecycles(tx, gone); err != nil {
			return err
		}
		for _, id := range gone {
			if err := h.remove(tx, id); err != nil {
				return store.Abort(err)
			}
		}
		return store.Abort(errors.Join(forgetSessions(tx, id), n.change(i.Disabled, -1).write(tx)))
	}, func() {
		for _, id := range gone {
			h.removed(id)
		}
		h.announceAll("delete", ended)
	})
}

// remove takes out all that is stored of one identity, but for its MQTT session.
// Writer goroutine.
func (h *Hub) remove(tx *bbolt.Tx, id ID) error {
	key, registry := id.key(), devicesBucket
	if id.Module != "" {
		registry = modulesBucket
	}
	return errors.Join(
		tx.Bucket(registry).Delete(key),
		tx.Bucket(twinsBucket).Delete(key),
		tx.Bucket(activityBucket).Delete(key),
		h.c2d.Drop(tx, string(key)),
		h.mark(tx, id), // for who counts
	)
}

// removed ends what goes on with an identity that is no longer there.
func (h *Hub) removed(id ID) {
	code, what := CodeDeviceNotFound, "device"
	if id.Module != "" {
		code, what = CodeModuleNotFound, "module"
	}
	h.sessions.end(id, NewError(code, "The %s '%s' was deleted.", what, id))
	h.methods.forget(id)
	h.c2d.Forget(string(id.key()))
	h.activity.forget(id)
}

// update runs op and, once it is durable, committed, even when ctx has ended
// meanwhile. Committed must not block.
func (h *Hub) update(ctx context.Context, op func(*bbolt.Tx) error, committed func()) error {
	return h.db.UpdateThen(ctx, op, committed)
}

// Devices returns up to n identities in the order of their ids, from the first
// one after the given id on; "" starts at the beginning.
func (h *Hub) Devices(after string, n int) ([]wire.Device, error) {
	devices := make([]wire.Device, 0, min(n, 1000))
	err := h.scan(after, n, func(tx *bbolt.Tx, id string, i *identity) error {
		a, err := readActivity(tx, []byte(id))
		d := h.wireDevice(id, i, a)
		d.CloudToDeviceMessageCount = h.c2d.Count(tx, id)
		devices = append(devices, d)
		return err
	})
	return devices, err
}

// scan calls visit for up to n identities after the given id.
func (h *Hub) scan(after string, n int, visit func(tx *bbolt.Tx, id string, i *identity) error) error {
	return h.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(devicesBucket).Cursor()
		// No id has a zero byte: this is the least key that comes after it.
		key, value := c.Seek([]byte(after + "\x00"))
		if after == "" {
			key, value = c.First()
		}
		for ; key != nil && n > 0; key, value = c.Next() {
			var i identity
			if err := unsealJSON(value, &i); err != nil {
				return err
			}
			if err := visit(tx, string(key), &i); err != nil {
				return err
			}
			n--
		}
		return nil
	})
}

// write stores the identity with a new etag. Writer goroutine.
func (i *identity) write(tx *bbolt.Tx, id ID) error {
	etag, err := tx.Bucket(devicesBucket).NextSequence()
	if err != nil {
		return err
	}
	i.ETag = etag
	if id.Module != "" {
		return putJSON(tx.Bucket(modulesBucket), id.key(), i)
	}
	return putJSON(tx.Bucket(devicesBucket), id.key(), i)
}
