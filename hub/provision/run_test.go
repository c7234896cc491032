package provision_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/fault"
	"hubscope/hub/provision"
)

func startHub(t testing.TB, o localhub.Options) *localhub.Hub {
	t.Helper()
	o.StateDir = t.TempDir()
	h, err := localhub.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return h
}

func clientOf(t testing.TB, target hub.Target) *hub.Client {
	t.Helper()
	c, err := hub.New(hub.Options{Target: target, Retry: hub.Retry{Tries: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func numbered(from, to int) []string {
	ids := make([]string, 0, to-from+1)
	for i := from; i <= to; i++ {
		ids = append(ids, fmt.Sprintf("pump-%05d", i))
	}
	return ids
}

func run(t testing.TB, r provision.Registry, ids []string, o provision.Options) provision.Result {
	t.Helper()
	result, err := provision.Run(t.Context(), r, ids, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, item := range result.Items {
		if item.DeviceID != ids[i] {
			t.Fatalf("item %d is %s, want %s", i, item.DeviceID, ids[i])
		}
	}
	return result
}

func TestFindAndCreate(t *testing.T) {
	h := startHub(t, localhub.Options{})
	c := clientOf(t, h.Target())
	old := run(t, c, numbered(1, 30), provision.Options{Create: true})
	if want := (provision.Counts{Total: 30, Created: 30}); old.Counts != want {
		t.Fatalf("first run: %v", old.Counts)
	}

	ids := numbered(21, 240)
	dry := run(t, c, ids, provision.Options{Create: true, DryRun: true})
	if want := (provision.Counts{Total: 220, Found: 10, WouldCreate: 210}); dry.Counts != want {
		t.Errorf("dry run: %v", dry.Counts)
	}
	if look := run(t, c, ids, provision.Options{}); look.Counts != (provision.Counts{Total: 220, Found: 10, Missing: 210}) {
		t.Errorf("without creating: %v", look.Counts)
	}
	if n, err := c.RegistryStatistics(t.Context()); err != nil || n.TotalDeviceCount != 30 {
		t.Errorf("looking has created: %+v, %v", n, err)
	}

	made := run(t, c, ids, provision.Options{Create: true, New: func(id string) hub.Change {
		return hub.Change{Tags: json.RawMessage(`{"site":"north"}`)}
	}})
	if want := (provision.Counts{Total: 220, Found: 10, Created: 210}); made.Counts != want {
		t.Errorf("second run: %v", made.Counts)
	}
	if made.Items[0].Device.Auth.Primary != old.Items[20].Device.Auth.Primary {
		t.Error("the key of a device that was found is another one")
	}
	twin, err := c.Twin(t.Context(), "pump-00240")
	if err != nil || !strings.Contains(string(twin.Tags), "north") {
		t.Errorf("tags %s, %v", twin.Tags, err)
	}
	again := run(t, c, ids, provision.Options{Create: true})
	if again.Found != 220 {
		t.Errorf("third run: %v", again.Counts)
	}
	if diff := cmp.Diff(revealed(t, h, made), revealed(t, h, again)); diff != "" {
		t.Error("other keys than those of the hub: ", diff)
	}
	connects(t, h, made)
}

func revealed(t *testing.T, h *localhub.Hub, r provision.Result) (list []string) {
	t.Helper()
	for _, cs := range r.ConnectionStrings(h.Target().Service) {
		if shown := fmt.Sprintf("%v %+v", cs, r); strings.Contains(shown, cs.Key.Reveal()) {
			t.Fatal("a key is shown")
		}
		list = append(list, cs.Reveal())
	}
	return list
}

// connects lets the last device in with the key that the run gave it.
func connects(t *testing.T, h *localhub.Hub, r provision.Result) {
	t.Helper()
	target := h.Target()
	list := r.ConnectionStrings(target.Service)
	d, err := device.New(list[len(list)-1], device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close(context.Background()) }()
	if err := d.Connect(t.Context()); err != nil {
		t.Error(err)
	}
}

// A hub with more identities than one list has is asked for single ones.
func TestMoreThanOneList(t *testing.T) {
	h := startHub(t, localhub.Options{})
	c := clientOf(t, h.Target())
	if all := run(t, c, numbered(1, 1150), provision.Options{Create: true}); all.Created != 1150 {
		t.Fatalf("created: %v", all.Counts)
	}
	ids := numbered(1101, 1200)
	if r := run(t, c, ids, provision.Options{}); r.Found != 50 || r.Missing != 50 {
		t.Errorf("looking: %v", r.Counts)
	}
	r := run(t, c, ids, provision.Options{Create: true})
	if r.Found != 50 || r.Created != 50 {
		t.Errorf("creating: %v", r.Counts)
	}
	for i, item := range r.Items {
		if want := map[bool]provision.Outcome{true: provision.Found, false: provision.Created}[i < 50]; item.Outcome != want || item.Device.Auth.Primary.IsZero() {
			t.Fatalf("%s %v", item.DeviceID, item.Outcome)
		}
	}
	if one := run(t, c, []string{"pump-00001", "nobody"}, provision.Options{}); one.Found != 1 || one.Missing != 1 {
		t.Errorf("two ids: %v", one.Counts)
	}
}

func TestRefusedItems(t *testing.T) {
	h := startHub(t, localhub.Options{})
	c := clientOf(t, h.Target())
	ids := numbered(1, 10)
	ids[3] = "not allowed"
	r := run(t, c, ids, provision.Options{Create: true})
	if r.Created != 9 || r.Failed != 1 || r.Items[3].Outcome != provision.Failed || r.Items[3].Err == nil {
		t.Errorf("%v, %+v", r.Counts, r.Items[3])
	}
	if len(r.ConnectionStrings(h.Target().Service)) != 9 {
		t.Error("a failed one is among the connection strings")
	}
	if _, err := provision.Run(t.Context(), c, []string{"a", "b", "a"}, provision.Options{}); err == nil || !strings.Contains(err.Error(), `"a" is in the list twice`) {
		t.Errorf("error = %v", err)
	}
}

func TestRefusedCaller(t *testing.T) {
	h := startHub(t, localhub.Options{})
	target := h.Target()
	policy, _ := h.Core().Policy("registryRead")
	target.Service.PolicyName, target.Service.Key = "registryRead", policy.Primary
	r, err := provision.Run(t.Context(), clientOf(t, target), numbered(1, 500), provision.Options{Create: true})
	if !errors.Is(err, hub.ErrUnauthorized) && !errors.Is(err, hub.ErrForbidden) {
		t.Fatalf("error = %v", err)
	}
	if r.Created != 0 || r.Failed == 0 || r.Done()+r.Untried != 500 {
		t.Errorf("%v", r.Counts)
	}
}

// A hub that throttles its first three calls gets all of them at last, and in the time that it asks for.
func TestThrottledHub(t *testing.T) {
	h := startHub(t, localhub.Options{Faults: []fault.Rule{{Kind: fault.Throttle, Operation: "registry", Count: 3, RetryAfter: fault.Duration(time.Second)}}})
	waits := 0
	r := run(t, clientOf(t, h.Target()), numbered(1, 150), provision.Options{Create: true, Progress: func(p provision.Progress) {
		if !p.Until.IsZero() && errors.Is(p.Err, hub.ErrThrottled) && time.Until(p.Until) < 2*time.Second {
			waits++
		}
	}})
	if r.Created != 150 || waits == 0 {
		t.Errorf("%v, %d waits", r.Counts, waits)
	}
}
