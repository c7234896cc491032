package fanout_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub"
	"hubscope/hub/fanout"
)

// devices answers a call after a second, as it is told.
type devices struct {
	answer func(call int, id string) error
	calls  atomic.Int32
	now    atomic.Int32
	most   atomic.Int32
}

func (d *devices) InvokeMethod(ctx context.Context, id string, _ hub.MethodCall) (hub.MethodResult, error) {
	n := int(d.calls.Add(1))
	defer d.now.Add(-1)
	if at := d.now.Add(1); at > d.most.Load() {
		d.most.Store(at)
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return hub.MethodResult{}, ctx.Err()
	}
	return hub.MethodResult{Status: 200}, d.answer(n, id)
}

func ids(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("d-%03d", i)
	}
	return out
}

// kept is what a run told.
type kept struct {
	answers []fanout.Answer
	waits   int
}

func (k *kept) options() fanout.Options {
	return fanout.Options{
		Answered: func(a fanout.Answer) { k.answers = append(k.answers, a) },
		Waiting:  func(time.Time, error) { k.waits++ },
	}
}

func (k *kept) failed() []string {
	var out []string
	for _, a := range k.answers {
		if a.Err != nil {
			out = append(out, a.DeviceID)
		}
	}
	slices.Sort(out)
	return out
}

func refused(status int, name string) error {
	return fmt.Errorf("call: %w", &hub.Error{Op: "invoke", Status: status, Name: name})
}

func TestGoesOnPastFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &devices{answer: func(_ int, id string) error {
			switch id {
			case "d-003":
				return refused(404, "DeviceNotOnline")
			case "d-017":
				return refused(504, "GatewayTimeout")
			case "d-020":
				return refused(403, "DeviceDisabled")
			}
			return nil
		}}
		var k kept
		began := time.Now()
		err := fanout.Run(t.Context(), d, ids(100), hub.MethodCall{Name: "m"}, k.options())
		if err != nil || len(k.answers) != 100 || !slices.Equal(k.failed(), []string{"d-003", "d-017", "d-020"}) {
			t.Errorf("%v, %d answers, failed %v", err, len(k.answers), k.failed())
		}
		// No call is made twice that a device may have run.
		if d.calls.Load() != 100 || d.most.Load() != fanout.DefaultParallel || time.Since(began) > 8*time.Second {
			t.Errorf("%d calls, %d at a time, in %v", d.calls.Load(), d.most.Load(), time.Since(began))
		}
	})
}

func TestThrottledCallsWaitTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d := &devices{answer: func(int, string) error {
			if at := time.Since(began); at > 1500*time.Millisecond && at < 30*time.Second {
				return fmt.Errorf("call: %w", &hub.Error{Status: 429, RetryAfter: 8 * time.Second})
			}
			return nil
		}}
		var k kept
		if err := fanout.Run(t.Context(), d, ids(64), hub.MethodCall{}, k.options()); err != nil || len(k.failed()) != 0 || len(k.answers) != 64 {
			t.Errorf("%v, %d answers, failed %v", err, len(k.answers), k.failed())
		}
		// 16 go through, 16 are refused, then one asks every 8 s.
		if n := d.calls.Load(); n > 64+16+5 || k.waits < 4 {
			t.Errorf("%d calls, %d waits", n, k.waits)
		}
	})
}

// A hub that takes some calls and refuses others at the same time is left alone as long as it asks.
func TestSomeAreThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &devices{answer: func(call int, _ string) error {
			if call <= 160 && call%2 == 0 {
				return fmt.Errorf("call: %w", &hub.Error{Status: 429, RetryAfter: 8 * time.Second})
			}
			return nil
		}}
		var k kept
		if err := fanout.Run(t.Context(), d, ids(64), hub.MethodCall{}, k.options()); err != nil || len(k.failed()) != 0 || len(k.answers) != 64 {
			t.Errorf("%v, %d answers, failed %v", err, len(k.answers), k.failed())
		}
		if n := d.calls.Load(); n > 160 || k.waits < 4 {
			t.Errorf("%d calls, %d waits", n, k.waits)
		}
	})
}

func TestEndsWhenTheCallerIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &devices{answer: func(int, string) error { return refused(401, "IotHubUnauthorizedAccess") }}
		var k kept
		err := fanout.Run(t.Context(), d, ids(500), hub.MethodCall{}, k.options())
		if !errors.Is(err, hub.ErrUnauthorized) || d.calls.Load() > 2*fanout.DefaultParallel {
			t.Errorf("%v after %d calls", err, d.calls.Load())
		}
	})
}

func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &devices{answer: func(int, string) error { return nil }}
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		var k kept
		err := fanout.Run(ctx, d, ids(500), hub.MethodCall{}, k.options())
		cancelled := 0
		for _, a := range k.answers {
			if errors.Is(a.Err, context.DeadlineExceeded) {
				cancelled++
			}
		}
		if !errors.Is(err, context.DeadlineExceeded) || len(k.answers) != 48 || cancelled != 16 {
			t.Errorf("%v, %d answers, %d of them cancelled", err, len(k.answers), cancelled)
		}
	})
}
