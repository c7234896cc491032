package device

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2)
		enter := func(ctx context.Context) (waited time.Duration, leave func(), err error) {
			began := time.Now()
			leave, err = g.enter(ctx)
			return time.Since(began), leave, err
		}
		_, first, _ := enter(t.Context())
		_, second, _ := enter(t.Context())
		time.AfterFunc(time.Second, first)
		waited, third, err := enter(t.Context())
		if waited != time.Second || err != nil {
			t.Errorf("a place that was left came after %v, %v", waited, err)
		}
		waited, fourth, err := enter(t.Context())
		if waited != gateTime-time.Second || err != nil {
			t.Errorf("the place of one that takes long came after %v, %v", waited, err)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, errNoAnswer)
		defer cancel()
		if _, _, err := enter(ctx); !errors.Is(err, errNoAnswer) {
			t.Errorf("without a place: %v", err)
		}
		for _, leave := range []func(){first, second, third, fourth} {
			leave()
			leave()
		}
		if len(g.places) != 0 {
			t.Errorf("%d places are not given back", len(g.places))
		}
	})
}
