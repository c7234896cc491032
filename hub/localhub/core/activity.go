package core

import (
	"encoding/binary"
	"fmt"
	"maps"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// activity is when a device was last heard of. The service itself writes it
// lazily; here it is kept in memory and written in batches, so that a message
// costs no extra write.
type activity struct {
	Last         time.Time // of a message or connection; zero for never
	StateChanged time.Time // connected or disconnected
}

// activities holds what is newer than the store.
type activities struct {
	mu    sync.Mutex
	newer map[string]activity // by ID.key
}

func (a *activities) note(id ID, n activity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.newer == nil {
		a.newer = make(map[string]activity)
	}
	key := string(id.key())
	a.newer[key] = a.newer[key].later(n)
}

func (a *activities) get(id ID) activity {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.newer[string(id.key())]
}

func (a *activities) forget(id ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.newer, string(id.key()))
}

// snapshot copies what there is to store.
func (a *activities) snapshot() map[string]activity {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.newer)
}

// saved forgets what is stored by now, unless it changed again.
func (a *activities) saved(stored map[string]activity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, s := range stored {
		if a.newer[id] == s {
			delete(a.newer, id)
		}
	}
}

// later keeps the newer of each time.
func (a activity) later(b activity) activity {
	if b.Last.After(a.Last) {
		a.Last = b.Last
	}
	if b.StateChanged.After(a.StateChanged) {
		a.StateChanged = b.StateChanged
	}
	return a
}

// current is the activity of an identity with what is in memory, and whether it is
// connected.
func (h *Hub) current(id ID, stored activity) (a activity, connected bool) {
	a = stored.later(h.activity.get(id))
	if s := h.sessions.get(id); s != nil {
		return a.later(s.activity()), true
	}
	return a, false
}

const activitySize = 2 * 8

func readActivity(tx *bbolt.Tx, key []byte) (activity, error) {
	value := tx.Bucket(activityBucket).Get(key)
	if value == nil {
		return activity{}, nil
	}
	raw, err := store.Unseal(value)
	if err == nil && len(raw) != activitySize {
		err = store.ErrDamaged
	}
	if err != nil {
		return activity{}, fmt.Errorf("activity of %q: %w", key, err)
	}
	return activity{Last: timeOf(raw), StateChanged: timeOf(raw[8:])}, nil
}

func writeActivity(tx *bbolt.Tx, key []byte, a activity) error {
	raw := make([]byte, 0, activitySize)
	for _, t := range [...]time.Time{a.Last, a.StateChanged} {
		ns := int64(0)
		if !t.IsZero() {
			ns = t.UnixNano()
		}
		raw = binary.BigEndian.AppendUint64(raw, uint64(ns))
	}
	return tx.Bucket(activityBucket).Put(key, store.Seal(raw))
}

func timeOf(raw []byte) time.Time {
	ns := int64(binary.BigEndian.Uint64(raw))
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
