package localhub_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub"
	"hubscope/hub/localhub"
)

// What hub.Client says about faults is what the hub does, and reads back the same.
func TestFaultsByTheClient(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	all := []hub.Fault{
		{Kind: hub.FaultThrottle, Device: "wind-*", Protocol: "mqtt", Operation: "telemetry", Rate: 0.1, RetryAfter: 7 * time.Second},
		{Kind: hub.FaultLatency, Operation: "query", Every: 5, Count: 10, Delay: 300 * time.Millisecond},
		{Kind: hub.FaultExpire, Protocol: "ws", After: time.Minute},
	}
	set, err := client.SetFaults(t.Context(), all...)
	if err != nil || len(set) != 3 {
		t.Fatalf("%+v, %v", set, err)
	}
	for i := range set {
		if diff := cmp.Diff(all[i], set[i].Fault); diff != "" {
			t.Errorf("fault %d (-set +got)\n%s", i, diff)
		}
	}
	set, err = client.AddFaults(t.Context(), hub.Fault{Kind: hub.FaultRefuse, Operation: "connect", For: time.Hour})
	if err != nil || len(set) != 4 || set[3].Left <= 0 || set[3].Left > time.Hour || set[3].ID == set[0].ID {
		t.Fatalf("%+v, %v", set, err)
	}
	if err := client.RemoveFault(t.Context(), set[1].ID); err != nil {
		t.Fatal(err)
	}
	if err := client.RemoveFault(t.Context(), set[1].ID); !errors.Is(err, hub.ErrNotFound) || errors.Is(err, hub.ErrNotLocal) {
		t.Errorf("a fault that is gone: %v", err)
	}
	after, err := client.Faults(t.Context())
	if err != nil || len(after) != 3 || after[1].ID != set[2].ID {
		t.Errorf("%+v, %v", after, err)
	}
	if _, err := client.AddFaults(t.Context(), hub.Fault{Kind: "fire"}); !errors.Is(err, hub.ErrBadRequest) {
		t.Errorf("a fault that there is not: %v", err)
	}
	if err := client.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after, err := client.Faults(t.Context()); err != nil || len(after) != 0 {
		t.Errorf("%+v, %v", after, err)
	}
}
