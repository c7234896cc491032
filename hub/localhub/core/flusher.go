package core

import (
	"context"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// flushEvery is how old an activity may be in the store.
const flushEvery = 5 * time.Second

// flusher writes activities now and then.
type flusher struct {
	cancel context.CancelFunc
	done   chan struct{}
}

func (f *flusher) start(h *Hub) {
	ctx, cancel := context.WithCancel(context.Background())
	f.cancel, f.done = cancel, make(chan struct{})
	go func() {
		defer close(f.done)
		ticker := time.NewTicker(flushEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				h.flushActivity(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
}

func (f *flusher) stop() {
	f.cancel()
	<-f.done
}

// flushActivity writes what has changed since the last time.
func (h *Hub) flushActivity(ctx context.Context) {
	h.sessions.each(func(s *Session) {
		if a, changed := s.unsaved(); changed {
			h.activity.note(s.info.ID, a)
		}
	})
	changes := h.activity.snapshot()
	if len(changes) == 0 {
		return
	}
	err := h.update(ctx, func(tx *bbolt.Tx) error { return store.Abort(h.storeActivities(tx, changes)) },
		func() { h.activity.saved(changes) })
	if err != nil && ctx.Err() == nil {
		h.o.Logger.Warn("write when devices were last active", "error", err)
	}
}

func (h *Hub) storeActivities(tx *bbolt.Tx, changes map[string]activity) error {
	devices, modules := tx.Bucket(devicesBucket), tx.Bucket(modulesBucket)
	for id, a := range changes {
		key := []byte(id)
		if devices.Get(key) == nil && modules.Get(key) == nil {
			continue // deleted meanwhile
		}
		stored, err := readActivity(tx, key)
		if err != nil {
			return err
		}
		if err := writeActivity(tx, key, stored.later(a)); err != nil {
			return err
		}
		if !a.StateChanged.After(stored.StateChanged) {
			continue
		}
		// A condition of a configuration may ask for the connection state.
		device, module, _ := strings.Cut(id, "\x00")
		if err := h.mark(tx, ID{Device: device, Module: module}); err != nil {
			return err
		}
	}
	return nil
}
