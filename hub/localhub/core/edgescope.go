package core

import (
	"context"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"hubscope/hub/wire"
)

// Scope is what an IoT Edge device is told of those that it may speak for.
type Scope struct {
	Devices []wire.Device
	Modules []wire.Module
}

// InScope returns devices in the scope of an IoT Edge device with all their
// modules, n devices or a few less, in the order of their ids after the given one,
// and where to go on; "" at the end. The device is in its own scope, and so are its
// children, not theirs: their own IoT Edge device speaks for them. Whether modules
// of children belong here is UNCONFIRMED. Errors: 404001, 400028 for a device that
// is no IoT Edge device.
func (h *Hub) InScope(ctx context.Context, edge, after string, n int) (found Scope, next string, err error) {
	parent, err := h.edge(edge)
	if err != nil {
		return Scope{}, "", err
	}
	for next = after; ; {
		if err := context.Cause(ctx); err != nil {
			return Scope{}, "", err
		}
		if next, err = h.someInScope(&found, edge, parent.Scope, next, n); err != nil || next == "" || len(found.Devices) >= n {
			return found, next, err
		}
	}
}

// someInScope looks at some devices, in one transaction, and tells which was the
// last of them; "" when there are no more.
func (h *Hub) someInScope(found *Scope, edge, scope, after string, n int) (last string, err error) {
	seen := 0
	err = h.scan(after, scanRows, func(tx *bbolt.Tx, id string, i *identity) error {
		if len(found.Devices) >= n {
			return nil
		}
		seen, last = seen+1, id
		if id != edge && !i.inScope(scope) {
			return nil
		}
		return h.addToScope(tx, found, id, i)
	})
	if seen < scanRows && len(found.Devices) < n {
		last = ""
	}
	return last, err
}

// OneInScope is InScope for one device or module. Errors: those of InScope, and
// 404001, 404010 also for one that is not in the scope.
func (h *Hub) OneInScope(edge string, target ID) (found Scope, err error) {
	parent, err := h.edge(edge)
	if err != nil {
		return Scope{}, err
	}
	err = h.db.View(func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, ID{Device: target.Device})
		if err != nil {
			return err
		}
		if target.Device != edge && !i.inScope(parent.Scope) {
			return deviceNotFound(target.Device)
		}
		if err := h.addToScope(tx, &found, target.Device, &i); err != nil || target.Module == "" {
			found.Modules = nil
			return err
		}
		found.Modules = slices.DeleteFunc(found.Modules, func(m wire.Module) bool { return m.ModuleID != target.Module })
		if len(found.Modules) == 0 {
			_, err = readIdentity(tx, target)
		}
		return err
	})
	return found, err
}

// edge reads the identity of an IoT Edge device.
func (h *Hub) edge(id string) (identity, error) {
	i, err := h.identity(ID{Device: id})
	if err == nil && !i.IoTEdge {
		err = NewError(CodeInvalidDeviceScope, "The device '%s' is no IoT Edge device, and has no scope of its own.", id)
	}
	return i, err
}

// inScope tells whether the device is a child of the IoT Edge device whose scope is
// given.
func (i *identity) inScope(scope string) bool {
	return !i.IoTEdge && i.Scope == scope || slices.Contains(i.ParentScopes, scope)
}

func (h *Hub) addToScope(tx *bbolt.Tx, to *Scope, id string, i *identity) error {
	a, err := readActivity(tx, []byte(id))
	if err != nil {
		return err
	}
	to.Devices = append(to.Devices, h.wireDevice(id, i, a))
	for _, module := range modulesOf(tx, id) {
		m, err := readModule(tx, module, i.Disabled)
		if err != nil {
			return err
		}
		document, err := h.wireModule(tx, module, &m)
		if err != nil {
			return err
		}
		to.Modules = append(to.Modules, document)
	}
	return nil
}

// CheckChain verifies for whom an IoT Edge device acts: a chain of ids from a
// device or module up to the actor, with semicolons, each in the scope of the next.
// It returns the device that the chain begins with. Error: 401002.
func (h *Hub) CheckChain(actor, chain string) (string, error) {
	refused := NewError(CodeUnauthorizedHub, "The chain of authentication '%.400s' does not lead to '%s'.", chain, actor)
	var ids []string
	for text := range strings.SplitSeq(chain, ";") {
		device, _, _ := strings.Cut(strings.TrimSpace(text), "/")
		if len(ids) == 0 || ids[len(ids)-1] != device {
			ids = append(ids, device)
		}
	}
	const deepest = 10 // far beyond the five layers that IoT Edge supports
	if len(ids) > deepest || ids[len(ids)-1] != actor {
		return "", refused
	}
	for i := range len(ids) - 1 {
		if _, err := h.OneInScope(ids[i+1], ID{Device: ids[i]}); err != nil {
			return "", refused
		}
	}
	return ids[0], nil
}
