package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// Wanted is what configurations want of a twin.
type Wanted struct {
	// Desired is what is missing; nil for nothing.
	Desired json.RawMessage
	// Statuses say which configurations target the twin, "Targeted" or "Applied", by
	// id (protocol 2.5).
	Statuses map[string]string
}

// Decide tells what configurations want of a twin. Device is the twin of its
// device, which is the twin itself for one. It runs on the store's writer, and
// must not block or call the hub.
type Decide func(twin, device wire.Twin) (Wanted, error)

// Reconcile takes up to n marks from a key on, brings their twins and those of
// their modules to what decide wants, and removes the marks, all in one commit. It
// tells how many marks it took, and where to go on; "" at the end. A twin whose
// desired properties it has changed is marked again, for they may be what a
// condition asks for: that mark is behind the caller, who sees it the next time.
func (h *Hub) Reconcile(ctx context.Context, from string, n int, decide Decide) (taken int, next string, err error) {
	r := reconciliation{hub: h, decide: decide}
	err = h.update(ctx, func(tx *bbolt.Tx) error {
		keys, more, err := takeMarks(tx, from, n)
		if err != nil {
			return store.Abort(err)
		}
		for _, key := range keys {
			if err := r.one(tx, key); err != nil {
				return store.Abort(err)
			}
		}
		if taken = len(keys); more {
			next = keys[taken-1] + "\x00"
		}
		return nil
	}, func() {
		for _, push := range r.pushes {
			push()
		}
	})
	return taken, next, err
}

// reconciliation is one commit. Writer goroutine.
type reconciliation struct {
	hub    *Hub
	decide Decide
	pushes []func() // to devices, once the commit is durable
}

// one brings the twin of a key, and those of its modules, to what is wanted.
func (r *reconciliation) one(tx *bbolt.Tx, key string) error {
	id := ID{}
	id.Device, id.Module, _ = strings.Cut(key, "\x00")
	device, found, err := r.twin(tx, ID{Device: id.Device})
	if err != nil || !found {
		return err
	}
	if id.Module != "" {
		return r.module(tx, id, device)
	}
	if err := r.apply(tx, id, device, device); err != nil {
		return err
	}
	for _, module := range modulesOf(tx, id.Device) {
		if err := r.module(tx, module, device); err != nil {
			return err
		}
	}
	return nil
}

func (r *reconciliation) module(tx *bbolt.Tx, id ID, device wire.Twin) error {
	twin, found, err := r.twin(tx, id)
	if err != nil || !found {
		return err
	}
	return r.apply(tx, id, twin, device)
}

// twin tells whether there is one: what is marked may be deleted by now.
func (r *reconciliation) twin(tx *bbolt.Tx, id ID) (t wire.Twin, found bool, err error) {
	i, err := readIdentity(tx, id)
	if errors.Is(err, &Error{Code: CodeDeviceNotFound}) || errors.Is(err, &Error{Code: CodeModuleNotFound}) {
		return t, false, nil
	}
	if err == nil {
		t, err = r.hub.readTwin(tx, id, &i)
	}
	return t, err == nil, err
}

// apply writes what a twin lacks, and nothing when it lacks nothing. What can not
// be written, for it would be too large, is left out; its configurations are then
// targeted only.
func (r *reconciliation) apply(tx *bbolt.Tx, id ID, twin, device wire.Twin) error {
	wanted, err := r.decide(twin, device)
	if err != nil {
		return err
	}
	if wanted.Desired == nil && saysSo(twin, wanted.Statuses) {
		return nil
	}
	err = r.write(tx, id, wanted)
	var refused *Error
	if !errors.As(err, &refused) {
		return err
	}
	r.hub.o.Logger.Info("configurations can not be applied to a twin", "twin", id.String(), "error", err)
	for name := range wanted.Statuses {
		wanted.Statuses[name] = "Targeted"
	}
	if saysSo(twin, wanted.Statuses) {
		return nil
	}
	return r.write(tx, id, Wanted{Statuses: wanted.Statuses})
}

func (r *reconciliation) write(tx *bbolt.Tx, id ID, wanted Wanted) (err error) {
	w := twinWrite{id: id, quiet: true}
	if w.configurations, err = statusText(wanted.Statuses); err != nil {
		return err
	}
	if w.desired, err = parseSection("properties.desired", wanted.Desired); err != nil {
		return err
	}
	if err := w.run(r.hub, tx); err != nil || w.push == nil {
		return err
	}
	r.pushes = append(r.pushes, func() { w.tell(r.hub) })
	r.hub.tellMarked()
	return putMark(tx, id)
}

type configurationStatus struct {
	Status string `json:"status"`
}

func statusText(statuses map[string]string) (json.RawMessage, error) {
	all := make(map[string]configurationStatus, len(statuses))
	for name, s := range statuses {
		all[name] = configurationStatus{s}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("encode configurations: %w", err)
	}
	return text, nil
}

// saysSo tells whether a twin has the statuses already.
func saysSo(t wire.Twin, statuses map[string]string) bool {
	var have map[string]configurationStatus
	if len(t.Configurations) > 0 && json.Unmarshal(t.Configurations, &have) != nil || len(have) != len(statuses) {
		return false
	}
	for id, status := range statuses {
		if have[id].Status != status {
			return false
		}
	}
	return true
}
