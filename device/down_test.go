package device_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
)

func await[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(station.Patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// TestTwinAndMethodsAtTheLocalHub has the hub restart in the middle.
func TestTwinAndMethodsAtTheLocalHub(t *testing.T) {
	dir := t.TempDir()
	h := station.StartHub(t, localhub.Options{StateDir: dir})
	cs := create(t, h, "dev-1")
	service := station.On(t, h).Service
	desired, subscribed := make(chan device.DesiredPatch, 10), make(chan struct{}, 10)
	o := options(h)
	o.OnDesired = func(p device.DesiredPatch) { desired <- p }
	o.OnSubscribed = func() { subscribed <- struct{}{} }
	o.OnProblem = func(err error) { t.Error(err) }
	o.OnMethod = func(_ context.Context, r device.MethodRequest) device.MethodResponse {
		return device.MethodResponse{Status: 207, Payload: r.Payload}
	}
	c := connect(t, cs, o)
	exercise := func(value string) {
		await(t, subscribed)
		if p := await(t, desired); !p.Full {
			t.Errorf("first %+v", p)
		}
		got, err := service.InvokeMethod(t.Context(), "dev-1", hub.MethodCall{Name: "echo", Payload: json.RawMessage(`{"a":1}`)})
		if err != nil || got.Status != 207 || string(got.Payload) != `{"a":1}` {
			t.Errorf("method: %+v, %v", got, err)
		}
		if _, err := service.PatchTwin(t.Context(), "dev-1", hub.TwinUpdate{Desired: json.RawMessage(`{"v":"` + value + `"}`)}); err != nil {
			t.Fatal(err)
		}
		p := await(t, desired)
		if p.Full {
			t.Errorf("change %+v", p)
		}
		version, err := c.Report(t.Context(), json.RawMessage(`{"v":"`+value+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		twin, err := c.Twin(t.Context())
		if err != nil || twin.DesiredVersion != p.Version || twin.ReportedVersion != version {
			t.Errorf("twin %+v, %v; want versions %d and %d", twin, err, p.Version, version)
		}
	}
	exercise("one")
	station.CloseHub(t, h)
	waiting := make(chan error, 1)
	go func() {
		_, err := c.Report(context.Background(), json.RawMessage(`{"waited":true}`))
		waiting <- err
	}()
	h = station.StartHub(t, localhub.Options{StateDir: dir, MQTTPort: portOf(t, o.MQTTAddr)})
	service = station.On(t, h).Service
	if err := await(t, waiting); err != nil {
		t.Error(err)
	}
	exercise("two")
	if n := c.Counts(); n.Calls != 2 || n.CallsAnswered != 2 || n.DesiredPatches != 2 || n.Malformed != 0 {
		t.Errorf("counts %+v", n)
	}
}
