package core

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/hub/wire"
)

func patchTwin(t testing.TB, h *Hub, p TwinPatch) wire.Twin {
	t.Helper()
	twin, err := h.PatchTwin(t.Context(), ID{Device: "d"}, p, "")
	if err != nil {
		t.Fatal(err)
	}
	return twin
}

func desired(text string) TwinPatch { return TwinPatch{Desired: json.RawMessage(text)} }

// protocol 2.2, 2.5: every write by the service raises version and etag by one,
// desired its own version too.
// Protocol 2.2.1, 2.2.8, 2.5.6, 2.5.7.
func TestTwinVersions(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	h := openHub(t, Options{Now: func() time.Time { return now }})
	createDevice(t, h, "d")
	twin := patchTwin(t, h, TwinPatch{Tags: json.RawMessage(`{"site":"north"}`), Desired: json.RawMessage(`{"interval":2}`)})
	const stamp = `{"$lastUpdated":"2026-11-22T14:00:00.0000000Z","$lastUpdatedVersion":2}`
	want := `{"$metadata":` + strings.TrimSuffix(stamp, "}") + `,"interval":` + stamp + `},"$version":2,"interval":2}`
	if got := string(twin.Properties.Desired); got != want {
		t.Errorf("desired = %s, want %s", got, want)
	}
	if twin.Version != 3 || twin.ETag != "AAAAAAAAAAI=" || string(twin.Tags) != `{"site":"north"}` {
		t.Errorf("twin = %+v", twin)
	}
	twin = patchTwin(t, h, TwinPatch{Tags: json.RawMessage(`{"site":null,"n":1}`)})
	if twin.Version != 4 || twin.ETag != "AAAAAAAAAAM=" || string(twin.Tags) != `{"n":1}` || string(twin.Properties.Desired) != want {
		t.Errorf("twin = %+v", twin)
	}
	twin = patchTwin(t, h, desired(`{"interval":2}`))
	if twin.Version != 5 || !strings.Contains(string(twin.Properties.Desired), `"$version":3`) {
		t.Errorf("an equal value: %+v, %s", twin, twin.Properties.Desired)
	}
	read, err := h.Twin(ID{Device: "d"})
	if err != nil || read.ETag != twin.ETag || string(read.Properties.Desired) != string(twin.Properties.Desired) {
		t.Errorf("read %+v, %v", read, err)
	}
}

// Protocol 2.5.4.
func TestTwinReplace(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	patchTwin(t, h, TwinPatch{Tags: json.RawMessage(`{"a":1}`), Desired: json.RawMessage(`{"a":1,"b":2}`)})
	before := patchTwin(t, h, desired(`{"c":3}`))
	// A client sends back what it has read, with one member less.
	var whole map[string]any
	if err := json.Unmarshal(before.Properties.Desired, &whole); err != nil {
		t.Fatal(err)
	}
	delete(whole, "a")
	text, _ := json.Marshal(whole)
	after, err := h.ReplaceTwin(t.Context(), ID{Device: "d"}, TwinPatch{Desired: text}, before.ETag)
	if err != nil {
		t.Fatal(err)
	}
	var d map[string]any
	if err := json.Unmarshal(after.Properties.Desired, &d); err != nil {
		t.Fatal(err)
	}
	if d["$version"] != 4.0 || d["a"] != nil || d["b"] != 2.0 || d["c"] != 3.0 || string(after.Tags) != `{"a":1}` {
		t.Errorf("desired = %s, tags %s", after.Properties.Desired, after.Tags)
	}
	_, err = h.ReplaceTwin(t.Context(), ID{Device: "d"}, TwinPatch{}, before.ETag)
	wantCode(t, err, CodePrecondition)
}

// Protocol 2.5.11.
func TestTwinRefusals(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	big := `{"a":"` + strings.Repeat("x", 4096) + `","b":"` + strings.Repeat("x", 4096) + `"}`
	for _, c := range []struct {
		name string
		id   ID
		p    TwinPatch
		code int
	}{
		{"no such device", ID{Device: "x"}, desired(`{}`), CodeDeviceNotFound},
		{"no such module", ID{Device: "d", Module: "m"}, desired(`{}`), CodeModuleNotFound},
		{"no object", ID{Device: "d"}, desired(`[]`), CodeArgumentInvalid},
		{"tags text", ID{Device: "d"}, TwinPatch{Tags: json.RawMessage(`"x"`)}, CodeArgumentInvalid},
		{"a name", ID{Device: "d"}, desired(`{"a.b":1}`), CodeArgumentInvalid},
		{"tags too large", ID{Device: "d"}, TwinPatch{Tags: json.RawMessage(big)}, CodeMessageTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.PatchTwin(t.Context(), c.id, c.p, "")
			wantCode(t, err, c.code)
		})
	}
	// The limit is of what the twin would be, not of the patch.
	for i := range 7 {
		patchTwin(t, h, desired(fmt.Sprintf(`{"k%d":"%s"}`, i, strings.Repeat("x", 4096))))
	}
	_, err := h.PatchTwin(t.Context(), ID{Device: "d"}, desired(`{"k7":"`+strings.Repeat("x", 4096)+`"}`), "")
	wantCode(t, err, CodeMessageTooLarge)
	if twin, _ := h.Twin(ID{Device: "d"}); twin.Version != 9 {
		t.Errorf("version %d after 7 writes and refusals", twin.Version)
	}
}

func TestNullEmptiesASectionInAPatch(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	null := json.RawMessage(`null`)
	patchTwin(t, h, TwinPatch{Tags: json.RawMessage(`{"site":"a"}`), Desired: json.RawMessage(`{"a":{"b":1},"c":2}`)})

	kept, err := h.ReplaceTwin(t.Context(), ID{Device: "d"}, TwinPatch{Tags: null, Desired: null}, "")
	if err != nil || string(kept.Tags) != `{"site":"a"}` {
		t.Fatalf("a replacement with null: tags %s, %v; want them kept", kept.Tags, err)
	}
	told := make(chan string, 1)
	s := connect(t, h, "d", nil)
	s.OnDesired(func(patch []byte, _ int64) { told <- string(patch) })
	patchTwin(t, h, TwinPatch{Tags: null, Desired: null})
	if want := `{"$version":3,"a":null,"c":null}`; <-told != want {
		t.Errorf("the device was not told %s", want)
	}
	twin, err := h.Twin(ID{Device: "d"})
	if err != nil {
		t.Fatal(err)
	}
	if text := string(twin.Properties.Desired); strings.Contains(text, `"a"`) || (len(twin.Tags) > 0 && string(twin.Tags) != `{}`) {
		t.Errorf("left: tags %s, desired %s", twin.Tags, text)
	}
}

// protocol 4.3: no tags, no $metadata for the device.
// Protocol 4.3.10.
func TestDeviceTwin(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	id := ID{Device: "d"}
	patchTwin(t, h, TwinPatch{Tags: json.RawMessage(`{"t":1}`), Desired: json.RawMessage(`{"a":{"b":1}}`)})
	version, err := h.ReportTwin(t.Context(), id, []byte(`{"r":"x","$version":9}`), nil)
	if err != nil || version != 2 {
		t.Fatalf("reported version %d, %v", version, err)
	}
	got, err := h.DeviceTwin(id)
	if want := `{"desired":{"$version":2,"a":{"b":1}},"reported":{"$version":2,"r":"x"}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	_, err = h.DeviceTwin(ID{Device: "x"})
	wantCode(t, err, CodeDeviceNotFound)
}

// Protocol 2.5.2.
func TestReportTwin(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	id := ID{Device: "d"}
	before, _ := h.Twin(id)
	one, two := int64(1), int64(2)
	if _, err := h.ReportTwin(t.Context(), id, []byte(`{"a":1}`), &one); err != nil {
		t.Fatal(err)
	}
	_, err := h.ReportTwin(t.Context(), id, []byte(`{"a":2}`), &one)
	wantCode(t, err, CodePrecondition)
	version, err := h.ReportTwin(t.Context(), id, []byte(`{"a":null}`), &two)
	if err != nil || version != 3 {
		t.Errorf("version %d, %v", version, err)
	}
	after, _ := h.Twin(id)
	if after.ETag != before.ETag || after.Version != before.Version+2 || strings.Contains(string(after.Properties.Reported), "$lastUpdatedVersion") {
		t.Errorf("twin = %+v, reported %s", after, after.Properties.Reported)
	}
	for _, text := range []string{``, `null`, `[1]`, `{"a":{"$x":1}}`, `{"a":[null]}`} {
		_, err := h.ReportTwin(t.Context(), id, []byte(text), nil)
		wantCode(t, err, CodeArgumentInvalid)
	}
	_, err = h.ReportTwin(t.Context(), id, nil, nil)
	wantCode(t, err, CodeArgumentInvalid)
}

// protocol 4.3: the patch as written, nulls included, plus $version; after a
// replacement the whole document.
// Protocol 4.3.12.
func TestOnDesired(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	s := connect(t, h, "d", nil)
	got := make(chan string, 10)
	s.OnDesired(func(patch []byte, version int64) { got <- fmt.Sprintf("%d %s", version, patch) })
	patchTwin(t, h, TwinPatch{Tags: json.RawMessage(`{"t":1}`)}) // not the device's business
	patchTwin(t, h, desired(`{"a":1,"b":{"c":2}}`))
	patchTwin(t, h, desired(`{"a":null}`))
	if _, err := h.ReplaceTwin(t.Context(), ID{Device: "d"}, desired(`{"x":1}`), "*"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`2 {"$version":2,"a":1,"b":{"c":2}}`, `3 {"$version":3,"a":null}`, `4 {"$version":4,"x":1}`} {
		if text := <-got; text != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
	s.OnDesired(nil)
	patchTwin(t, h, desired(`{"a":1}`))
	if len(got) > 0 {
		t.Errorf("told %s after it was asked to stop", <-got)
	}
}

// Many writers: no write is lost, and the device sees each version once and in
// order.
func TestTwinConcurrentWrites(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	s := connect(t, h, "d", nil)
	var versions []int64 // by the writer goroutine, until the last write returned
	s.OnDesired(func(_ []byte, version int64) { versions = append(versions, version) })
	const writers = 40
	var writing sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			patch := desired(fmt.Sprintf(`{"k%d":%d}`, i, i))
			if _, err := h.PatchTwin(context.Background(), ID{Device: "d"}, patch, ""); err != nil {
				t.Error(err)
			}
		})
	}
	writing.Wait()
	twin, _ := h.Twin(ID{Device: "d"})
	var d map[string]any
	if err := json.Unmarshal(twin.Properties.Desired, &d); err != nil || len(d) != writers+2 {
		t.Errorf("%d members, %v", len(d), err)
	}
	for i, v := range versions {
		if v != int64(i)+2 {
			t.Fatalf("versions = %v", versions)
		}
	}
	if len(versions) != writers {
		t.Errorf("%d notifications of %d writes", len(versions), writers)
	}
}

// protocol 2.5, 4.1: the model that a device announces is that of its twin.
// Protocol 2.5.12.
func TestModelID(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	const model = "dtmi:com:example:Thermostat;1"
	for range 2 {
		if _, err := h.Connect(t.Context(), SessionInfo{ID: ID{Device: "d"}, ModelID: model}, func(error) {}); err != nil {
			t.Fatal(err)
		}
		if twin, _ := h.Twin(ID{Device: "d"}); twin.ModelID != model || twin.Version != 2 {
			t.Errorf("twin = %+v", twin)
		}
	}
	connect(t, h, "d", nil) // says nothing of a model
	if twin, _ := h.Twin(ID{Device: "d"}); twin.ModelID != model {
		t.Error("the model is forgotten")
	}
}
