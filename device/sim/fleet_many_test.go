package sim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/device"
	"hubscope/hub/connstr"
)

func identities(n int) []connstr.Device {
	list := make([]connstr.Device, n)
	for i := range list {
		list[i] = identity(fmt.Sprintf("d%04d", i))
	}
	return list
}

func manyFleet(h *hubSide, m Manners) *Fleet {
	return NewFleet(FleetOptions{Options: h.options(), Manners: m})
}

func closeFleet(t *testing.T, f *Fleet) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := f.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestRampSpreadsTheStart(t *testing.T) {
	for _, c := range []struct {
		name     string
		ramp     Ramp
		total    time.Duration
		atMiddle int
	}{
		{"over", Ramp{Over: 10 * time.Second}, 10 * time.Second, 51},
		{"per second", Ramp{PerSecond: 10}, 9900 * time.Millisecond, 51},
		{"over with jitter", Ramp{Over: 10 * time.Second, Jitter: time.Second}, 10*time.Second + time.Second/2, 46},
		{"at once", Ramp{}, 0, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := manyFleet(&hubSide{}, Manners{})
				defer closeFleet(t, f)
				began := time.Now()
				done := make(chan error, 1)
				go func() {
					_, err := f.StartMany(t.Context(), identities(100), StartOptions{Ramp: c.ramp})
					done <- err
				}()
				time.Sleep(5*time.Second + time.Millisecond)
				s := f.Summary()
				if (s.Devices-c.atMiddle) > 6 || s.Devices < c.atMiddle-6 || s.Devices+s.Planned != 100 {
					t.Errorf("after 5 s: %d started, %d planned", s.Devices, s.Planned)
				}
				if err := <-done; err != nil {
					t.Error(err)
				}
				if took := max(time.Since(began)-5*time.Second-time.Millisecond, 0); c.total > 0 && (took+5*time.Second-c.total).Abs() > 550*time.Millisecond {
					t.Errorf("took %v", took+5*time.Second)
				}
				if s := f.Summary(); s.Devices != 100 || s.Planned != 0 {
					t.Errorf("in the end: %+v", s)
				}
			})
		})
	}
}

func TestStopEndsTheRamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := manyFleet(&hubSide{}, Manners{})
		defer closeFleet(t, f)
		done := make(chan error, 1)
		go func() {
			_, err := f.StartMany(t.Context(), identities(100), StartOptions{Ramp: Ramp{PerSecond: 10}})
			done <- err
		}()
		time.Sleep(3050 * time.Millisecond)
		f.StopAll()
		if err := <-done; !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), "31 of 100") {
			t.Errorf("error = %v", err)
		}
		synctest.Wait()
		if s := f.Summary(); s.Planned != 0 || s.Devices != 31 || s.States.Running() != 0 || s.States[Stopped] != 31 {
			t.Errorf("%+v", s)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := f.StartMany(ctx, identities(100)[50:], StartOptions{Ramp: Ramp{PerSecond: 10}}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestNobodyIsThrownOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := manyFleet(&hubSide{}, Manners{})
		if err := f.Start(identity("d0003")); err != nil {
			t.Fatal(err)
		}
		o := StartOptions{Connected: func(id string) bool { return id == "d0001" || id == "d0002" }}
		refused, err := f.StartMany(t.Context(), identities(5), o)
		if err != nil || len(refused) != 3 {
			t.Fatalf("%v, %v", refused, err)
		}
		for i, want := range []error{ErrConnected, ErrConnected, ErrRunning} {
			if !errors.Is(refused[i], want) || refused[i].DeviceID != fmt.Sprintf("d%04d", i+1) {
				t.Errorf("%v", refused[i])
			}
		}
		o.Force = true
		if refused, err := f.StartMany(t.Context(), identities(3)[1:], o); err != nil || len(refused) != 0 {
			t.Errorf("by force: %v, %v", refused, err)
		}
		closeFleet(t, f)
		if _, err := f.StartMany(t.Context(), identities(3), o); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

// 200 devices that would send 200 messages a second share 50, none of them left out.
func TestOneRateForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		f := manyFleet(h, Manners{MessagesPerSecond: 50})
		if _, err := f.StartMany(t.Context(), identities(200), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(60*time.Second + 500*time.Millisecond)
		s := f.Summary()
		if s.Confirmed < 2990 || s.Confirmed > 3030 || math.Abs(s.Rate-50) > 1 {
			t.Errorf("%d messages in a minute, %v/s", s.Confirmed, s.Rate)
		}
		for _, st := range f.Status() {
			if st.Confirmed < 14 || st.Confirmed > 16 {
				t.Errorf("%s sent %d", st.DeviceID, st.Confirmed)
			}
		}
		_, times := h.got()
		for i := 50; i < len(times); i++ {
			if d := times[i].Sub(times[i-50]); d < 990*time.Millisecond {
				t.Fatalf("50 messages within %v", d)
			}
		}
		closeFleet(t, f)
	})
}

func TestRateThatIsNotReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := manyFleet(&hubSide{}, Manners{MessagesPerSecond: 1000})
		if _, err := f.StartMany(t.Context(), identities(100), StartOptions{Ramp: Ramp{Over: time.Second}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Second)
		if s := f.Summary(); s.Confirmed < 2990 || s.ScheduleP99 > 5*time.Millisecond || s.RTTp50 > time.Millisecond {
			t.Errorf("%+v", s)
		}
		closeFleet(t, f)
	})
}

func TestQuotaIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{delay: 50 * time.Millisecond} // some are on their way when the quota is reached
		f := manyFleet(h, Manners{Quota: Quota{Messages: 1000, Used: 400}})
		if _, err := f.StartMany(t.Context(), identities(20), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait() // all that is due now was sent: a summary looks at one device after the other
		if s := f.Summary(); s.QuotaOver || s.QuotaUsed != int64(s.Accepted)+400 || s.Quota != 1000 {
			t.Errorf("after 20 s: %+v", s)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		s := f.Summary()
		messages, _ := h.got()
		if !s.QuotaOver || s.States[Failed] != 20 || len(messages) != 600 || s.Confirmed != 600 || s.Accepted != 600 || s.Failed != 0 {
			t.Errorf("%d messages, %+v", len(messages), s)
		}
		worst := f.Worst(1)
		if len(worst) != 1 || !errors.Is(worst[0].Err, ErrQuota) || !strings.Contains(worst[0].Reason, "1000 of 1000 messages of today") {
			t.Errorf("%+v", worst)
		}
		closeFleet(t, f)
	})
}

func TestQuotaCountsChunksAndDays(t *testing.T) {
	p := purse{quota: Quota{Messages: 10, Used: 5}.withDefaults()}
	evening := time.Date(2026, 11, 23, 23, 59, 0, 0, time.UTC)
	big := &device.Message{Body: make([]byte, 9000)}
	if err := p.spend(big, evening); err != nil || p.used() != 8 {
		t.Errorf("%d used, %v", p.used(), err)
	}
	if err := p.spend(big, evening); !errors.Is(err, ErrQuota) || p.used() != 8 {
		t.Errorf("%d used, %v", p.used(), err)
	}
	if err := p.spend(&device.Message{}, evening); err != nil || p.used() != 9 {
		t.Errorf("%d used, %v", p.used(), err)
	}
	if err := p.spend(big, evening.Add(2*time.Minute)); err != nil || p.used() != 3 {
		t.Errorf("the next day: %d used, %v", p.used(), err)
	}
}

func TestParseQuota(t *testing.T) {
	for text, want := range map[string]Quota{
		"400000": {400_000, 4096, 0}, "400,000": {400_000, 4096, 0}, "S1": {400_000, 4096, 0}, "s2x3": {18_000_000, 4096, 0},
		"F1": {8000, 512, 0}, " S3 ": {300_000_000, 4096, 0},
	} {
		if got, err := ParseQuota(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "S4", "S1x0", "S1x", "many"} {
		if got, err := ParseQuota(text); err == nil || !strings.Contains(err.Error(), "is no quota") {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// A hub that refuses connections for a minute is asked by few, and then gets no more than it takes.
func TestRefusedConnectionsWaitTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		h.code.Store(3)
		var tries atomic.Int64
		o := h.options()
		dial := o.Device.Dial
		o.Device.Dial = func(ctx context.Context) (net.Conn, error) {
			tries.Add(1)
			return dial(ctx)
		}
		f := NewFleet(FleetOptions{Options: o})
		if _, err := f.StartMany(t.Context(), identities(500), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		first := tries.Load()
		s := f.Summary()
		if until := time.Until(s.PatienceUntil); until < 6*time.Second || until > 13*time.Second || !errors.Is(s.PatienceErr, device.ErrUnavailable) {
			t.Errorf("patience %v, %v", until, s.PatienceErr)
		}
		time.Sleep(5 * time.Second)
		if tries.Load() != first {
			t.Errorf("%d tries while nobody should", tries.Load()-first)
		}
		time.Sleep(54 * time.Second)
		if n := tries.Load() - first; n > 300 {
			t.Errorf("%d tries in a minute", n)
		}
		h.code.Store(0)
		healed := time.Now()
		from := tries.Load()
		for f.Summary().States[Sending] < 500 {
			time.Sleep(100 * time.Millisecond)
			if time.Since(healed) > 3*time.Minute {
				t.Fatalf("after three minutes: %+v", f.Summary())
			}
		}
		if n := tries.Load() - from; n > 520 {
			t.Errorf("%d connections for 500 devices", n)
		}
		if s := f.Summary(); !s.PatienceUntil.IsZero() || s.PatienceErr != nil {
			t.Errorf("%+v", s)
		}
		closeFleet(t, f)
	})
}

func TestConnectionsKeepToTheirRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		f := manyFleet(h, Manners{ConnectsPerSecond: 20})
		if _, err := f.StartMany(t.Context(), identities(100), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			wait time.Duration
			want int
		}{{time.Second, 21}, {2 * time.Second, 61}, {2 * time.Second, 100}} {
			time.Sleep(c.wait)
			if n := f.Summary().States[Sending]; n < c.want-1 || n > c.want+1 {
				t.Errorf("%d connected, want %d", n, c.want)
			}
		}
		h.cut()
		time.Sleep(2 * time.Second)
		if n := f.Summary().States[Sending]; n > 60 {
			t.Errorf("%d connected again after 2 s", n)
		}
		closeFleet(t, f)
	})
}

func TestWorst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		f := manyFleet(h, Manners{})
		if _, err := f.StartMany(t.Context(), identities(20), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond)
		if worst := f.Worst(10); len(worst) != 0 {
			t.Errorf("all is well, but %+v", worst)
		}
		if err := f.Inject("d0007", Fault{Kind: Disconnect, For: time.Minute}); err != nil {
			t.Fatal(err)
		}
		if err := f.Inject("d0011", Fault{Kind: WrongKey}); err != nil {
			t.Fatal(err)
		}
		if err := f.Start(connstr.Device{HostName: "h", DeviceID: "keyless"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		worst := f.Worst(10)
		if len(worst) != 2 || worst[0].DeviceID != "keyless" || worst[1].DeviceID != "d0007" || !strings.Contains(worst[0].Reason, "stopped by itself") || !strings.Contains(worst[1].Reason, "lost on purpose") {
			t.Errorf("%+v", worst)
		}
		if len(f.Worst(1)) != 1 || len(f.Worst(0)) != 0 || len(f.Worst(-1)) != 0 {
			t.Error("the number of the worst is not kept")
		}
		h.mute.Store(true)
		time.Sleep(3 * time.Second)
		if worst := f.Worst(3); len(worst) != 3 || !strings.Contains(worst[2].Reason, "wait for their confirmation") {
			t.Errorf("%+v", worst)
		}
		f.Clear("", 0)
		closeFleet(t, f)
	})
}

func TestMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m meter
		if m.rate() != 0 {
			t.Error("a rate of nothing")
		}
		for range 300 {
			m.add(2)
			time.Sleep(100 * time.Millisecond)
		}
		if r := m.rate(); r != 20 {
			t.Errorf("rate %v", r)
		}
		time.Sleep(3 * time.Second)
		if r := m.rate(); r != 8 && r != 12 {
			t.Errorf("rate after 3 s of nothing: %v", r)
		}
		time.Sleep(time.Hour)
		if r := m.rate(); r != 0 {
			t.Errorf("rate after an hour: %v", r)
		}
	})
}
