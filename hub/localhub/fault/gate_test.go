package fault

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/localhub/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func gate(t testing.TB, rules ...Rule) *Gate {
	t.Helper()
	g, err := New(Options{})
	if err == nil {
		err = g.Set(rules)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func telemetry(device, protocol string) core.Act {
	return core.Act{Operation: core.OpTelemetry, ID: core.ID{Device: device}, Protocol: protocol, Size: 100}
}

func code(err error) int {
	var e *core.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestScope(t *testing.T) {
	for _, c := range []struct {
		name string
		rule Rule
		act  core.Act
		want int
	}{
		{"all", Rule{Kind: Throttle}, telemetry("wind-1", "mqtt"), 429001},
		{"device", Rule{Kind: Quota, Device: "wind-*"}, telemetry("wind-1", "mqtt"), 403002},
		{"another device", Rule{Kind: Quota, Device: "wind-?"}, telemetry("wind-10", "mqtt"), 0},
		{"no device", Rule{Kind: Quota, Device: "*"}, core.Act{Operation: core.OpQuery, Protocol: "rest"}, 0},
		{"protocol", Rule{Kind: Throttle, Protocol: "amqp"}, telemetry("a", "mqtt"), 0},
		{"not a WebSocket", Rule{Kind: Throttle, Protocol: "ws"}, telemetry("a", "mqtt"), 0},
		{"operation", Rule{Kind: Throttle, Operation: core.OpConnect}, telemetry("a", "mqtt"), 0},
		{"drop", Rule{Kind: Drop}, telemetry("a", "mqtt"), 400029},
		{"drop a request", Rule{Kind: Drop}, telemetry("a", "https"), 0},
		{"refuse telemetry", Rule{Kind: Refuse}, telemetry("a", "mqtt"), 0},
		{"refuse", Rule{Kind: Refuse}, core.Act{Operation: core.OpConnect, Protocol: "mqtt"}, 503001},
		{"expire a request", Rule{Kind: Expire}, telemetry("a", "https"), 401003},
		{"cut", Rule{Kind: Cut}, telemetry("a", "mqtt"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := gate(t, c.rule).Ask(t.Context(), c.act); code(err) != c.want {
				t.Errorf("Ask = %v, want %d", err, c.want)
			}
		})
	}
}

func TestEventReadersAreTold(t *testing.T) {
	var e *core.Error
	err := gate(t, Rule{Kind: Throttle}).Ask(t.Context(), core.Act{Operation: core.OpEvents, Protocol: "amqp"})
	if !errors.As(err, &e) || e.Condition != "com.microsoft:server-busy" {
		t.Errorf("%+v", e)
	}
	err = gate(t, Rule{Kind: Throttle}).Ask(t.Context(), telemetry("a", "amqp"))
	if !errors.As(err, &e) || e.Condition != "com.microsoft:device-container-throttled" {
		t.Errorf("%+v", e)
	}
}

func TestRateAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		strikes := func(g *Gate, n int) (hits int) {
			for range n {
				if g.Ask(t.Context(), telemetry("a", "mqtt")) != nil {
					hits++
				}
			}
			return hits
		}
		if hits := strikes(gate(t, Rule{Kind: Throttle, Every: 3}), 10); hits != 3 {
			t.Errorf("every third of 10: %d", hits)
		}
		if hits := strikes(gate(t, Rule{Kind: Throttle, Count: 4}), 10); hits != 4 {
			t.Errorf("four of 10: %d", hits)
		}
		// Off by more than ten standard deviations is not chance.
		if hits := strikes(gate(t, Rule{Kind: Throttle, Rate: 0.1}), 10_000); hits < 700 || hits > 1300 {
			t.Errorf("a tenth of 10000: %d", hits)
		}
		g := gate(t, Rule{Kind: Throttle, For: Duration(30 * time.Second)})
		time.Sleep(29 * time.Second)
		if strikes(g, 1) != 1 {
			t.Error("it ended early")
		}
		time.Sleep(time.Second)
		if strikes(g, 1) != 0 || !g.Rules()[0].Over {
			t.Error("it did not end")
		}
	})
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, Rule{Kind: Latency, Delay: Duration(time.Minute)})
		began := time.Now()
		if err := g.Ask(t.Context(), telemetry("a", "mqtt")); err != nil || time.Since(began) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began = time.Now()
		_ = g.Ask(ctx, telemetry("a", "mqtt"))
		if took := time.Since(began); took != time.Second {
			t.Errorf("a caller that goes waits %s", took)
		}
		g.Close()
		_ = g.Ask(t.Context(), telemetry("a", "mqtt"))
		if took := time.Since(began); took != time.Second {
			t.Errorf("after Close: %s", took)
		}
	})
}

// The sums of protocol 9: a minute's worth at once, then the rate.
// Protocol 9.1.
func TestTierThrottles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := New(Options{Tier: S1, Units: 2})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(a core.Act, n int) (passed int) {
			for range n {
				if err := g.Ask(t.Context(), a); err == nil {
					passed++
				} else if code(err) != 429001 {
					t.Fatal(err)
				}
			}
			return passed
		}
		registry := core.Act{Operation: core.OpRegistry, Protocol: "rest"}
		if n := ask(registry, 1000); n != 200 {
			t.Errorf("%d registry operations at once, want 200", n)
		}
		time.Sleep(30*time.Second + time.Millisecond)
		if n := ask(registry, 1000); n != 100 {
			t.Errorf("%d registry operations after half a minute, want 100", n)
		}
		if n := ask(telemetry("a", "mqtt"), 10_000); n != 6000 {
			t.Errorf("%d messages at once, want 6000", n)
		}
	})
}

// Protocol 9.2.
func TestTierQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := New(Options{Tier: F1})
		if err != nil {
			t.Fatal(err)
		}
		large := telemetry("a", "mqtt")
		large.Size = 100 << 10 // 200 messages of half a kilobyte
		for i := range 40 {
			if err := g.Ask(t.Context(), large); err != nil {
				t.Fatalf("message %d: %v", i, err)
			}
		}
		if err := g.Ask(t.Context(), telemetry("a", "mqtt")); code(err) != 403002 {
			t.Errorf("the 8001st message: %v", err)
		}
		time.Sleep(24 * time.Hour)
		if err := g.Ask(t.Context(), large); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

func TestTierRefuses(t *testing.T) {
	for _, o := range []Options{{Tier: "S9"}, {Tier: F1, Units: 2}, {Tier: S1, Units: -1}, {Units: 3}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// A gate with no rule costs one atomic load; the reference is no gate at all.
func BenchmarkIdleGate(b *testing.B) {
	g := gate(b)
	act := telemetry("wind-1", "mqtt")
	b.Run("idle", func(b *testing.B) {
		var asked core.Gate = g
		for b.Loop() {
			_ = asked.Ask(context.Background(), act)
		}
	})
	if err := g.Set([]Rule{{Kind: Throttle, Device: "pump-*"}}); err != nil {
		b.Fatal(err)
	}
	b.Run("rule of others", func(b *testing.B) {
		for b.Loop() {
			_ = g.Ask(context.Background(), act)
		}
	})
}

// Protocol 9: ten devices a second in S1, whatever the services have used up.
// Protocol 9.1.
func TestJobPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := New(Options{Tier: S1})
		if err != nil {
			t.Fatal(err)
		}
		update := core.Act{Operation: core.OpTwinUpdate, ID: core.ID{Device: "a"}, Protocol: "rest"}
		for g.Ask(t.Context(), update) == nil {
		}
		job := update
		job.Protocol, job.Job = "", true
		began := time.Now()
		for range 101 {
			if err := g.Ask(t.Context(), job); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began).Round(time.Millisecond); took != 10*time.Second {
			t.Errorf("101 devices took %s", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.Ask(ctx, job); !errors.Is(err, context.Canceled) {
			t.Errorf("a job that was cancelled: %v", err)
		}
		for _, c := range []struct {
			rule Rule
			want int
		}{
			{Rule{Kind: Throttle, Device: "a"}, 429001},
			{Rule{Kind: Throttle, Protocol: "rest"}, 0},
			{Rule{Kind: Drop}, 0},
			{Rule{Kind: Refuse}, 0},
		} {
			if err := gate(t, c.rule).Ask(t.Context(), job); code(err) != c.want {
				t.Errorf("%+v: %v", c.rule, err)
			}
		}
	})
}
