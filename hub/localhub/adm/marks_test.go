package adm_test

import (
	"context"
	"testing"
	"time"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/wire"
)

// counting is a hub that tells how often configurations look at its twins.
type counting struct {
	*core.Hub
	decided, scanned chan struct{}
}

func (c counting) Reconcile(ctx context.Context, from string, n int, decide core.Decide) (int, string, error) {
	return c.Hub.Reconcile(ctx, from, n, func(twin, device wire.Twin) (core.Wanted, error) {
		c.decided <- struct{}{}
		return decide(twin, device)
	})
}

func (c counting) ScanDevices(ctx context.Context, in core.Range, visit func(*core.StoredTwin) bool) error {
	c.scanned <- struct{}{}
	return c.Hub.ScanDevices(ctx, in, visit)
}

// Protocol 2.9: only what has changed is looked at.
func TestOnlyWhatChanged(t *testing.T) {
	f := start(t, t.TempDir())
	for _, id := range []string{"d1", "d2", "d3", "d4"} {
		f.create(t, id, "x")
	}
	f.add(t, configuration("c", "tags.a = 'x'", 1, `{"deviceContent":{"properties.desired.n":1}}`))
	for _, id := range []string{"d1", "d2", "d3", "d4"} {
		f.until(t, device(id), `{"c":{"status":"Applied"}}`)
	}
	f.Service.Close() // another worker on the same state, counted
	db, h := f.db, counting{f.hub, make(chan struct{}, 100), make(chan struct{}, 100)}
	again, err := adm.Open(db, adm.Options{Hub: h, Language: selection.New(f.hub, nil), Every: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	<-h.scanned // the metrics of a hub that was just opened
	f.tag(t, "d2", "y")
	f.until(t, device("d2"), `{}`)
	again.Close()
	if n := len(h.decided); n > 6 { // d2, and what was still marked of the others
		t.Errorf("%d twins were looked at for one change", n)
	}
}

// Protocol 2.9: a mark outlives the hub, and what a change of a configuration
// concerns too.
func TestMarksOutliveTheHub(t *testing.T) {
	dir := t.TempDir()
	f := start(t, dir)
	f.create(t, "d1", "x")
	f.add(t, configuration("c", "tags.a = 'y'", 1, `{"deviceContent":{"properties.desired.n":1}}`))
	f.until(t, device("d1"), ``)
	if err := f.Service.Close(); err != nil {
		t.Fatal(err)
	}
	f.tag(t, "d1", "y") // nobody looks
	f.close()
	f = start(t, dir)
	f.until(t, device("d1"), `{"c":{"status":"Applied"}}`)
	if err := f.Service.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Delete(t.Context(), "c", "*"); err != nil { // nobody takes it from the twin
		t.Fatal(err)
	}
	f.close()
	f = start(t, dir)
	f.until(t, device("d1"), `{}`)
}

// Protocol 2.9, 3.4: a deployment writes to modules of IoT Edge devices, and
// $edgeAgent tells of it.
// Protocol 2.9.6.
func TestDeployment(t *testing.T) {
	f := start(t, t.TempDir())
	f.add(t, configuration("e", "*", 1, `{"modulesContent":{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1"}},"m":{"properties.desired.on":true}}}`))
	f.create(t, "plain", "x")
	if _, err := f.hub.CreateDevice(t.Context(), wire.Device{DeviceID: "edge", Capabilities: &wire.Capabilities{IoTEdge: true}}); err != nil {
		t.Fatal(err)
	}
	got := f.until(t, core.ID{Device: "edge", Module: "$edgeAgent"}, `{"e":{"status":"Applied"}}`)
	if got["schemaVersion"] != "1.1" {
		t.Errorf("%v", got)
	}
	if _, err := f.hub.CreateModule(t.Context(), wire.Module{DeviceID: "edge", ModuleID: "m"}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		twin, err := f.hub.Twin(core.ID{Device: "edge", Module: "m"})
		if err != nil {
			t.Fatal(err)
		}
		c, err := f.Configuration("e")
		if err != nil {
			t.Fatal(err)
		}
		if twin.Version > 2 && c.SystemMetrics.Results["targetedCount"] == 1 && c.SystemMetrics.Results["appliedCount"] == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v %+v", twin, c.SystemMetrics)
		}
	}
}

// Protocol 2.9: a condition may ask whether a device is connected.
func TestConnectionState(t *testing.T) {
	f := start(t, t.TempDir())
	f.create(t, "d1", "x")
	f.add(t, configuration("c", "connectionState = 'Connected'", 1, `{"deviceContent":{"properties.desired.n":1}}`))
	s, err := f.hub.Connect(t.Context(), core.SessionInfo{ID: device("d1")}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	f.until(t, device("d1"), `{"c":{"status":"Applied"}}`)
	s.Close()
	f.until(t, device("d1"), `{}`)
	// Nothing else has changed now: it is the connection that marks the twin.
	if s, err = f.hub.Connect(t.Context(), core.SessionInfo{ID: device("d1")}, func(error) {}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f.until(t, device("d1"), `{"c":{"status":"Applied"}}`)
}
