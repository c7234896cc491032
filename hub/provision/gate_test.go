package provision_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub"
	"hubscope/hub/provision"
)

// strictHub refuses calls as its answer says.
type strictHub struct {
	answer func(call int, at time.Duration) error

	mu    sync.Mutex
	began time.Time
	times []time.Duration // guarded by mu: of all calls
	ids   map[string]bool // guarded by mu
}

func newStrictHub(answer func(int, time.Duration) error) *strictHub {
	return &strictHub{answer: answer, began: time.Now(), ids: make(map[string]bool)}
}

func (h *strictHub) call() error {
	time.Sleep(10 * time.Millisecond)
	h.mu.Lock()
	defer h.mu.Unlock()
	at := time.Since(h.began)
	h.times = append(h.times, at)
	return h.answer(len(h.times), at)
}

func (h *strictHub) Identities(context.Context, int) ([]hub.Device, error) {
	return make([]hub.Device, hub.MaxIdentities), h.call()
}

func (h *strictHub) Device(_ context.Context, id string) (hub.Device, error) {
	err := h.call()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil && !h.ids[id] {
		err = &hub.Error{Op: "read", Status: 404}
	}
	return hub.Device{DeviceID: id}, err
}

func (h *strictHub) Bulk(_ context.Context, changes []hub.Change) (hub.BulkResult, error) {
	if err := h.call(); err != nil {
		return hub.BulkResult{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var r hub.BulkResult
	for _, c := range changes {
		if h.ids[c.Device.DeviceID] {
			r.Errors = append(r.Errors, hub.BulkError{DeviceID: c.Device.DeviceID, Name: "409001"})
		}
		h.ids[c.Device.DeviceID] = true
	}
	return r, nil
}

func throttled(after time.Duration) error {
	return fmt.Errorf("create: %w", &hub.Error{Op: "bulk", Status: 429, RetryAfter: after})
}

// While the hub is throttled one call asks for all, never sooner than the hub said.
func TestAllWaitTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := 15*time.Millisecond, 60*time.Second
		h := newStrictHub(func(_ int, at time.Duration) error {
			if at > from && at < to {
				return throttled(8 * time.Second)
			}
			return nil
		})
		var longest time.Duration
		r := run(t, h, numbered(1, 5000), provision.Options{Create: true, Progress: func(p provision.Progress) {
			if !p.Until.IsZero() {
				longest = max(longest, time.Until(p.Until))
			}
		}})
		if r.Created != 5000 {
			t.Fatalf("%v", r.Counts)
		}
		asked := 0
		last := time.Duration(0)
		for _, at := range h.times {
			if at > 30*time.Millisecond && at < to {
				if asked++; asked > 1 && at-last < 8*time.Second {
					t.Errorf("asked at %v and at %v", last, at)
				}
				last = at
			}
		}
		if asked < 5 || asked > 7 || longest > 8800*time.Millisecond {
			t.Errorf("asked %d times in a minute, longest wait %v", asked, longest)
		}
		if took := time.Since(h.began); took > 80*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// A hub that does not say how long it wants to be left alone is asked less and less often, and not for ever.
func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newStrictHub(func(int, time.Duration) error { return throttled(0) })
		r, err := provision.Run(t.Context(), h, numbered(1, 1000), provision.Options{Create: true, Patience: 5 * time.Minute})
		if !errors.Is(err, hub.ErrThrottled) || r.Created != 0 || r.Untried != 1000 {
			t.Fatalf("%v, %v", r.Counts, err)
		}
		if took := time.Since(h.began); took < 5*time.Minute || took > 7*time.Minute || len(h.times) > 20 {
			t.Errorf("took %v and %d calls", took, len(h.times))
		}
	})
}

func TestLostConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := errors.New("connection reset")
		h := newStrictHub(func(call int, _ time.Duration) error {
			if call%3 == 0 {
				return lost
			}
			return nil
		})
		if r := run(t, h, numbered(1, 2000), provision.Options{Create: true}); r.Created != 2000 {
			t.Errorf("%v", r.Counts)
		}
		never := newStrictHub(func(int, time.Duration) error { return lost })
		r, err := provision.Run(t.Context(), never, numbered(1, 2000), provision.Options{Create: true})
		if !errors.Is(err, lost) || len(never.times) != 1 || r.Untried != 2000 {
			t.Errorf("%v, %v after %d calls", r.Counts, err, len(never.times))
		}
	})
}

func TestEndedByItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newStrictHub(func(call int, _ time.Duration) error {
			if call > 20 {
				return throttled(time.Hour)
			}
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := provision.Run(ctx, h, numbered(1, 10_000), provision.Options{Create: true})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
		if r.Created != 1900 || r.Untried != 8100 || time.Since(h.began) > 61*time.Second {
			t.Errorf("%v after %v", r.Counts, time.Since(h.began))
		}
		for _, item := range r.Items {
			if (item.Outcome == provision.Created) == item.Device.Auth.Primary.IsZero() {
				t.Fatalf("%s is %v, key %v", item.DeviceID, item.Outcome, item.Device.Auth.Primary)
			}
		}
	})
}

// What was made by somebody else, or by a call whose answer was lost, is found.
func TestOthersCreateToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newStrictHub(func(int, time.Duration) error { return nil })
		for _, id := range numbered(50, 260) {
			h.ids[id] = true
		}
		if r := run(t, h, numbered(1, 300), provision.Options{Create: true}); r.Created != 89 || r.Found != 211 {
			t.Errorf("%v", r.Counts)
		}
	})
}
