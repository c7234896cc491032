package ui

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/ui/faults"
)

// faultStore keeps faults in memory, as a local hub would.
type faultStore struct {
	mu   sync.Mutex
	list []hub.ActiveFault
	last int64
	err  error // of every call, while set
}

func newFaultStore(list ...hub.ActiveFault) *faultStore {
	s := &faultStore{}
	for _, f := range list {
		s.last++
		f.ID = s.last
		s.list = append(s.list, f)
	}
	return s
}

func (s *stage) faultsOrNil() faults.Store {
	if s.faults == nil {
		return nil
	}
	return s.faults
}

func (s *faultStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *faultStore) Faults(context.Context) ([]hub.ActiveFault, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list), s.err
}

func (s *faultStore) AddFaults(_ context.Context, added ...hub.Fault) ([]hub.ActiveFault, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	for _, f := range added {
		s.last++
		s.list = append(s.list, hub.ActiveFault{ID: s.last, Fault: f, Left: f.For, Over: f.For == time.Millisecond})
	}
	return slices.Clone(s.list), nil
}

func (s *faultStore) RemoveFault(_ context.Context, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(f hub.ActiveFault) bool { return f.ID == id })
	return s.err
}

func (s *faultStore) ClearFaults(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
	return s.err
}

// someFaults are of every kind, in every state.
func someFaults() *faultStore {
	return newFaultStore(
		hub.ActiveFault{Fault: hub.Fault{Kind: hub.FaultThrottle, Device: "wind-*", Protocol: "mqtt", Operation: "telemetry", Rate: 0.1, For: 5 * time.Minute}, Hits: 12_408, Left: 272 * time.Second},
		hub.ActiveFault{Fault: hub.Fault{Kind: hub.FaultLatency, Operation: "configurations", Every: 5, Delay: 500 * time.Millisecond}, Hits: 3},
		hub.ActiveFault{Fault: hub.Fault{Kind: hub.FaultDrop, For: time.Millisecond}, Hits: 4, Over: true},
		hub.ActiveFault{Fault: hub.Fault{Kind: hub.FaultExpire, Protocol: "ws", After: 10 * time.Second, Count: 3}, Hits: 1},
		hub.ActiveFault{Fault: hub.Fault{Kind: hub.FaultQuota, Device: "red\x1b[31m-\u202eand-a-rather-long-pattern-*", Rate: 0.0015, For: time.Hour}, Left: 20 * time.Second},
	)
}

func withFaults(t *testing.T, store *faultStore) *stage {
	t.Helper()
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, fourDevices()...), faults: store}
	s.fleet = newFleet(s.registry)
	s.open(t, DarkTheme, usual)
	return s
}

func TestFaultsByTheForm(t *testing.T) {
	s := withFaults(t, newFaultStore())
	s.See("4 of 4").NotSee("⚡").Press("!").See("No faults: everything passes.", "one of the usual faults")
	s.Press("n").See("New fault", "throttle", "10 %", "429001", "Retry after").Press("enter")
	s.See("fault added: throttle, 10 %", "⚡ 1 fault", "in 5 min").NotSee("New fault")

	s.Press("n").See("New fault").Press("l").See("latency", "Delay", "0.5 s", "always")
	s.Press("tab", "ctrl+u").See("✗ not a pattern").NotSee("enter add")
	s.Press("enter").See("New fault")
	s.Type("wind-*").See("wind-*").Press("tab").Type("m").See("mqtt").Press("tab").Type("t").See("telemetry")
	s.Press("tab", "ctrl+u").Type("1 in 3").Press("tab", "ctrl+u").Type("never").Press("enter")
	s.See("latency 0.5 s", "wind-*", "1 in 3", "never", "⚡ 2 faults")

	s.faults.mu.Lock()
	got := s.faults.list[1].Fault
	s.faults.mu.Unlock()
	want := hub.Fault{Kind: hub.FaultLatency, Device: "wind-*", Protocol: "mqtt", Operation: "telemetry", Every: 3, Delay: 500 * time.Millisecond}
	if got != want {
		t.Errorf("the hub got %+v, want %+v", got, want)
	}
	s.Press("d").See("fault removed", "⚡ 1 fault ").Press("esc").See("4 of 4", "⚡ 1 fault ")
	s.Press(":").Type("remove all f").See("let all calls").Press("enter").See("1 fault removed").NotSee("⚡")
}

func TestFaultsByPreset(t *testing.T) {
	s := withFaults(t, newFaultStore())
	s.See("4 of 4").Press(":").Type("faults").See("delay, drop and more").Press("enter").See("No faults")
	s.Press("p").See("Add a fault", "drop every connection once").Press("3").See("fault added: drop", "1 ended").NotSee("⚡")
	s.Press("p").See("Add a fault").Press("enter").See("throttle", "⚡ 1 fault", "1 active")
	s.Press("D").See("2 faults removed", "No faults: everything passes.").NotSee("⚡")
}

func TestAFaultThatTheHubDoesNotTake(t *testing.T) {
	s := withFaults(t, newFaultStore())
	s.See("4 of 4").Press("!").See("No faults").Press("n").See("New fault")
	s.faults.fail(&hub.Error{Op: "add a fault", Status: 401, Code: 401002, Name: "IotHubUnauthorizedAccess", Message: "Faults are set with policy iothubowner"})
	s.Press("enter").See("New fault", "✗ could not add a fault", "iothubowner")
	s.faults.fail(nil)
	s.Press("enter").See("fault added").NotSee("New fault")
}

// What another screen or a test has set is seen here too, wherever the user is.
func TestFaultsOfOthersShowInTheHeader(t *testing.T) {
	s := withFaults(t, newFaultStore())
	s.See("4 of 4")
	_, _ = s.faults.AddFaults(t.Context(), hub.Fault{Kind: hub.FaultRefuse})
	s.See("⚡ 1 fault").Resize(80, 24).See("● live  ⚡ 1 fault")
}

func TestNoFaultsAtARemoteHub(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	s.See("4 of 4").Press("!").See("are made by the local hub", "without a connection string").NotSee("n new")
	s.Press("n", "p", "D").See("are made by the local hub").NotSee("New fault", "Add a fault")
}

func TestAHubThatKnowsNoFaults(t *testing.T) {
	store := newFaultStore()
	store.fail(hub.ErrNotLocal)
	s := withFaults(t, store)
	s.See("4 of 4").Press("!").See("are made by the local hub").NotSee("n new")
}
