package sim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func newFleet(h *hubSide) *Fleet { return NewFleet(FleetOptions{Options: h.options()}) }

func TestFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		f := newFleet(h)
		for _, id := range []string{"b", "c", "a"} {
			if err := f.Start(identity(id)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2500 * time.Millisecond)
		if err := f.Start(identity("a")); !errors.Is(err, ErrRunning) {
			t.Errorf("a second start: %v", err)
		}
		if err := f.SetInterval("b", 100*time.Millisecond); err != nil {
			t.Error(err)
		}
		if err := f.Forget("a"); !errors.Is(err, ErrRunning) {
			t.Errorf("forget a running one: %v", err)
		}
		if err := f.Stop("c"); err != nil {
			t.Error(err)
		}
		if err := f.Wait(t.Context(), "c"); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		all := f.Status()
		if len(all) != 3 || all[0].DeviceID != "a" || all[1].DeviceID != "b" || all[2].DeviceID != "c" {
			t.Fatalf("status %+v", all)
		}
		if all[0].State != Sending || all[2].State != Stopped || all[1].Confirmed < 10 || all[2].Confirmed != 3 {
			t.Errorf("status %+v", all)
		}
		if err := f.Start(identity("c")); err != nil {
			t.Errorf("start again: %v", err)
		}
		time.Sleep(500 * time.Millisecond)
		if s, ok := f.Device("c"); !ok || s.Status().Confirmed != 1 {
			t.Errorf("the counts of a new start: %+v", s.Status())
		}
		f.StopAll()
		for _, id := range []string{"a", "b", "c"} {
			if err := f.Wait(t.Context(), id); err != nil {
				t.Error(err)
			}
		}
		if err := f.Forget("a"); err != nil || len(f.Status()) != 2 {
			t.Errorf("%v, %d devices", err, len(f.Status()))
		}
		for _, err := range []error{f.Stop("x"), f.Forget("x"), f.SetInterval("x", 1)} {
			if !errors.Is(err, ErrUnknown) {
				t.Errorf("error = %v", err)
			}
		}
		if err := f.Wait(t.Context(), "x"); err != nil {
			t.Error(err)
		}
		if err := f.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := f.Start(identity("a")); !errors.Is(err, ErrClosed) {
			t.Errorf("start after Close: %v", err)
		}
	})
}

func TestFleetCloseStopsAllTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		h.mute.Store(true)
		f := newFleet(h)
		for i := range 50 {
			if err := f.Start(identity(fmt.Sprint("d", i))); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second / 2)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		began := time.Now()
		if err := f.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("took %v", took)
		}
		for _, st := range f.Status() {
			if st.State != Stopped || st.Failed != 1 {
				t.Fatalf("status %+v", st)
			}
		}
	})
}

func TestFleetFromManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		f := newFleet(h)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				id := fmt.Sprint("d", i%5)
				for range 10 {
					_ = f.Start(identity(id))
					time.Sleep(100 * time.Millisecond)
					_ = f.Status()
					_ = f.SetInterval(id, 50*time.Millisecond)
					_ = f.Stop(id)
					_ = f.Wait(t.Context(), id)
					_ = f.Forget(id)
				}
			})
		}
		wg.Wait()
		if err := f.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
