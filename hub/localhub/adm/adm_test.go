package adm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type fixture struct {
	*adm.Service
	hub   *core.Hub
	db    *store.DB
	close func()
}

func start(t *testing.T, dir string) *fixture {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, "hub.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{db: db}
	if f.hub, err = core.Open(db, core.Options{}); err != nil {
		t.Fatal(err)
	}
	if f.Service, err = adm.Open(db, adm.Options{Hub: f.hub, Language: selection.New(f.hub, nil), Every: 20 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	f.close = sync.OnceFunc(func() {
		for _, end := range []func() error{f.Service.Close, f.hub.Close, db.Close} {
			if err := end(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Cleanup(f.close)
	return f
}

func (f *fixture) create(t *testing.T, id, tag string) {
	t.Helper()
	if _, err := f.hub.CreateDevice(t.Context(), wire.Device{DeviceID: id}); err != nil {
		t.Fatal(err)
	}
	f.tag(t, id, tag)
}

func (f *fixture) tag(t *testing.T, id, tag string) {
	t.Helper()
	if _, err := f.hub.PatchTwin(t.Context(), core.ID{Device: id}, core.TwinPatch{Tags: json.RawMessage(`{"a":"` + tag + `"}`)}, "*"); err != nil {
		t.Fatal(err)
	}
}

func configuration(id, condition string, priority int, content string) wire.Configuration {
	c := wire.Configuration{ID: id, TargetCondition: condition, Priority: priority, Content: &wire.ConfigurationContent{}}
	if err := json.Unmarshal([]byte(content), c.Content); err != nil {
		panic(err)
	}
	return c
}

func (f *fixture) add(t *testing.T, c wire.Configuration) wire.Configuration {
	t.Helper()
	made, err := f.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// until waits for the twin to have the configurations, and gives its desired properties.
func (f *fixture) until(t *testing.T, id core.ID, configurations string) map[string]any {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		twin, err := f.hub.Twin(id)
		if err != nil {
			t.Fatal(err)
		}
		if string(twin.Configurations) == configurations {
			var desired map[string]any
			if err := json.Unmarshal(twin.Properties.Desired, &desired); err != nil {
				t.Fatal(err)
			}
			delete(desired, "$metadata")
			return desired
		}
		if time.Now().After(end) {
			t.Fatalf("%s has %s, want %s", id, twin.Configurations, configurations)
		}
	}
}

func device(id string) core.ID { return core.ID{Device: id} }

// Protocol 2.9: target condition, priority, partial application, deletion.
// Protocol 2.9.1, 2.9.2.
func TestApply(t *testing.T) {
	f := start(t, t.TempDir())
	f.create(t, "d1", "x")
	f.create(t, "d2", "y")
	f.add(t, configuration("low", "tags.a = 'x'", 1, `{"deviceContent":{"properties.desired.fan":{"speed":1,"mode":"eco"},"properties.desired.low":true}}`))
	f.add(t, configuration("high", "*", 5, `{"deviceContent":{"properties.desired.fan.speed":9}}`))
	both := `{"high":{"status":"Applied"},"low":{"status":"Applied"}}`
	if got := fmt.Sprint(f.until(t, device("d1"), both)); got != "map[$version:2 fan:map[mode:eco speed:9] low:true]" && got != "map[$version:3 fan:map[mode:eco speed:9] low:true]" {
		t.Errorf("d1: %s", got)
	}
	if got := fmt.Sprint(f.until(t, device("d2"), `{"high":{"status":"Applied"}}`)); got != "map[$version:2 fan:map[speed:9]]" {
		t.Errorf("d2: %s", got)
	}
	f.tag(t, "d2", "x") // comes into scope
	f.until(t, device("d2"), both)
	f.tag(t, "d1", "y") // leaves it
	f.until(t, device("d1"), `{"high":{"status":"Applied"}}`)
	f.add(t, configuration("higher", "*", 6, `{"deviceContent":{"properties.desired.fan.speed":10}}`))
	f.until(t, device("d1"), `{"high":{"status":"Targeted"},"higher":{"status":"Applied"}}`)
	if err := f.Delete(t.Context(), "higher", "*"); err != nil {
		t.Fatal(err)
	}
	if got := f.until(t, device("d1"), `{"high":{"status":"Applied"}}`); fmt.Sprint(got["fan"]) != "map[mode:eco speed:9]" {
		t.Errorf("the next one in order is not applied: %v", got)
	}
	for _, id := range []string{"high", "low"} {
		if err := f.Delete(t.Context(), id, "*"); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.until(t, device("d1"), `{}`); fmt.Sprint(got["fan"]) != "map[mode:eco speed:9]" {
		t.Errorf("what was written is gone: %v", got)
	}
}

// What is there already is not written again: versions stand still.
func TestApplyOnce(t *testing.T) {
	f := start(t, t.TempDir())
	f.create(t, "d1", "x")
	c := configuration("c", "*", 1, `{"deviceContent":{"properties.desired":{"n":1.0,"o":{},"gone":null,"list":[1,{"a":2}]}}}`)
	c.Metrics = &wire.ConfigurationMetrics{Queries: map[string]string{"all": "SELECT * FROM devices"}}
	f.add(t, c)
	f.until(t, device("d1"), `{"c":{"status":"Applied"}}`)
	before, err := f.hub.Twin(device("d1"))
	if err != nil {
		t.Fatal(err)
	}
	f.create(t, "d2", "x")
	f.until(t, device("d2"), `{"c":{"status":"Applied"}}`) // another round has been
	if after, err := f.hub.Twin(device("d1")); err != nil || after.Version != before.Version || after.ETag != before.ETag {
		t.Errorf("version %d became %d, %v", before.Version, after.Version, err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		got, err := f.Configuration("c")
		if err != nil {
			t.Fatal(err)
		}
		if got.SystemMetrics.Results["targetedCount"] == 2 && got.SystemMetrics.Results["appliedCount"] == 2 && got.Metrics.Results["all"] == 2 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v %+v", got.SystemMetrics, got.Metrics)
		}
	}
}

func TestModules(t *testing.T) {
	f := start(t, t.TempDir())
	f.create(t, "d1", "x")
	if _, err := f.hub.CreateModule(t.Context(), wire.Module{DeviceID: "d1", ModuleID: "m"}); err != nil {
		t.Fatal(err)
	}
	f.add(t, configuration("c", "from devices.modules", 1, `{"moduleContent":{"properties.desired.on":true}}`))
	if got := f.until(t, core.ID{Device: "d1", Module: "m"}, `{"c":{"status":"Applied"}}`); got["on"] != true {
		t.Errorf("%v", got)
	}
}

// Protocol 2.2, 2.9.
func TestConfigurations(t *testing.T) {
	dir := t.TempDir()
	f := start(t, dir)
	made := f.add(t, configuration("c", "*", 1, `{"deviceContent":{"properties.desired.a":1}}`))
	if made.ETag == "" || made.SchemaVersion != "1.0" || made.CreatedTimeUTC == nil || made.SystemMetrics.Queries["appliedCount"] != "select deviceId from devices where configurations.[[c]].status = 'Applied'" {
		t.Errorf("%+v", made)
	}
	made.Priority, made.Labels = 7, map[string]string{"l": "v"}
	changed, err := f.Update(t.Context(), made, made.ETag)
	if err != nil || changed.Priority != 7 || changed.ETag == made.ETag {
		t.Errorf("%+v, %v", changed, err)
	}
	update := func(c wire.Configuration, etag string) error { _, err := f.Update(t.Context(), c, etag); return err }
	create := func(c wire.Configuration) error { _, err := f.Create(t.Context(), c); return err }
	other := configuration("c", "*", 1, `{"deviceContent":{"properties.desired.a":2}}`)
	for name, c := range map[string]struct {
		err  error
		code int
	}{
		"an old etag":     {update(made, made.ETag), 412001},
		"another content": {update(other, "*"), 400403},
		"not there":       {update(configuration("none", "*", 1, `{}`), "*"), 404301},
		"there already":   {create(other), 409401},
		"a bad id":        {create(configuration("Upper", "*", 1, `{}`)), 400004},
		"a bad condition": {create(configuration("d", "what is", 1, `{}`)), 400401},
		"no content":      {create(configuration("d", "*", 1, `{}`)), 400402},
		"a bad content":   {create(configuration("d", "*", 1, `{"deviceContent":{"properties.reported.a":1}}`)), 400402},
		"two contents":    {create(configuration("d", "*", 1, `{"deviceContent":{"properties.desired.a":1},"moduleContent":{"properties.desired.a":1}}`)), 400402},
		"not an object":   {create(configuration("d", "*", 1, `{"deviceContent":{"properties.desired":1}}`)), 400402},
		"delete, old":     {f.Delete(t.Context(), "c", made.ETag), 412001},
		"delete, none":    {f.Delete(t.Context(), "none", "*"), 404301},
	} {
		if !errors.Is(c.err, &core.Error{Code: c.code}) {
			t.Errorf("%s: %v, want %d", name, c.err, c.code)
		}
	}
	f.close()
	f = start(t, dir)
	if got, err := f.Configuration("c"); err != nil || got.ETag != changed.ETag || got.Labels["l"] != "v" {
		t.Errorf("after a restart: %+v, %v", got, err)
	}
	if got := f.Test(wire.ConfigurationQueries{TargetCondition: "what is", CustomMetricQueries: map[string]string{"q": "WHERE no", "ok": "SELECT * FROM devices"}}); got.TargetConditionError == "" || len(got.CustomMetricQueryErrors) != 1 {
		t.Errorf("%+v", got)
	}
}

// Protocol 2.9.5.
func TestHundred(t *testing.T) {
	f := start(t, t.TempDir())
	for i := range 100 {
		f.add(t, configuration(fmt.Sprintf("c%d", i), "", 1, `{"deviceContent":{"properties.desired.a":1}}`))
	}
	_, err := f.Create(t.Context(), configuration("more", "", 1, `{"deviceContent":{}}`))
	if !errors.Is(err, &core.Error{Code: 413101}) {
		t.Error(err)
	}
}
