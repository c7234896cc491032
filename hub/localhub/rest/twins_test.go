package rest_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

func (f *fixture) module(t testing.TB, device, module string) {
	t.Helper()
	if _, err := f.hub.CreateModule(t.Context(), wire.Module{DeviceID: device, ModuleID: module}); err != nil {
		t.Fatal(err)
	}
}

// twinPaths are the twins of a device and of a module.
var twinPaths = []string{"/twins/d", "/twins/d/modules/m"}

// Protocol 2.5: a fresh twin; a patch merges, a put replaces what is in it.
// Protocol 2.5.1, 2.5.3, 2.5.4.
func TestTwinOverREST(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	for _, path := range twinPaths {
		fresh := f.twin(t, request{method: http.MethodGet, path: path})
		if fresh.Version != 2 || fresh.ETag != "AAAAAAAAAAE=" || string(fresh.Tags) != "{}" || (fresh.ModuleID != "") != strings.Contains(path, "modules") {
			t.Errorf("%s: fresh %+v", path, fresh)
		}
		patched := f.twin(t, request{method: http.MethodPatch, path: path, body: `{"tags":{"site":{"city":"Ulm","floor":2}},"properties":{"desired":{"a":1,"b":2}}}`})
		patched = f.twin(t, request{method: http.MethodPatch, path: path, body: `{"tags":{"site":{"floor":null}},"properties":{"desired":{"b":null,"c":[1,2]}}}`, header: http.Header{"If-Match": {`"` + patched.ETag + `"`}}})
		if string(patched.Tags) != `{"site":{"city":"Ulm"}}` || patched.Version != 4 {
			t.Errorf("%s: patched %+v", path, patched)
		}
		desired := members(t, patched.Properties.Desired)
		if string(desired["a"]) != "1" || string(desired["c"]) != "[1,2]" || desired["b"] != nil || string(desired["$version"]) != "3" || desired["$metadata"] == nil {
			t.Errorf("%s: desired %s", path, patched.Properties.Desired)
		}
		replaced := f.twin(t, request{method: http.MethodPut, path: path, body: `{"properties":{"desired":{"z":true}}}`})
		if desired = members(t, replaced.Properties.Desired); desired["a"] != nil || string(desired["z"]) != "true" || string(replaced.Tags) != `{"site":{"city":"Ulm"}}` {
			t.Errorf("%s: replaced %+v", path, replaced)
		}
	}
}

func (f *fixture) twin(t testing.TB, q request) wire.Twin {
	t.Helper()
	got := f.do(t, q)
	if got.status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", q.method, q.path, got.status, got.body)
	}
	var twin wire.Twin
	got.decode(t, &twin)
	if got.header.Get("ETag") != `"`+twin.ETag+`"` {
		t.Errorf("%s: ETag %s, etag %s", q.path, got.header.Get("ETag"), twin.ETag)
	}
	return twin
}

func members(t testing.TB, doc []byte) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(doc, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Protocol 2.2, 2.5: what is refused, and how.
// Protocol 2.2.6, 2.5.5, 2.5.8, 2.5.9.
func TestTwinRefusals(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.module(t, "d", "m")
	deep := strings.Repeat(`{"a":`, 12) + "1" + strings.Repeat("}", 12)
	for _, method := range []string{http.MethodPatch, http.MethodPut} {
		for _, path := range twinPaths {
			for _, c := range []struct{ name, body, ifMatch, code string }{
				{"stale", `{"tags":{"a":1}}`, `"AAAAAAAAABA="`, "PreconditionFailed"},
				{"not JSON", `{"tags":`, "", "DeserializationError"},
				{"tags no object", `{"tags":5}`, "", "ArgumentInvalid"},
				{"desired no object", `{"properties":{"desired":[1]}}`, "", "ArgumentInvalid"},
				{"reported", `{"properties":{"reported":{"a":1}}}`, "", "ArgumentInvalid"},
				{"reported no object", `{"properties":{"reported":1}}`, "", "ArgumentInvalid"},
				{"a dot", `{"tags":{"a.b":1}}`, "", "ArgumentInvalid"},
				{"a dollar", `{"tags":{"$a":1}}`, "", "ArgumentInvalid"},
				{"a blank", `{"properties":{"desired":{"a b":1}}}`, "", "ArgumentInvalid"},
				{"too deep", `{"tags":` + deep + `}`, "", "ArgumentInvalid"},
				{"great number", `{"tags":{"a":4503599627370496}}`, "", "ArgumentInvalid"},
				{"long text", `{"tags":{"a":"` + strings.Repeat("x", 4097) + `"}}`, "", "ArgumentInvalid"},
				{"large", `{"tags":{` + manyMembers(3) + `}}`, "", "MessageTooLarge"},
			} {
				q := request{method: method, path: path, body: c.body, header: http.Header{}}
				if c.ifMatch != "" {
					q.header.Set("If-Match", c.ifMatch)
				}
				if got := f.do(t, q); got.header.Get("Iothub-Errorcode") != c.code {
					t.Errorf("%s %s, %s: %d %s", method, path, c.name, got.status, got.body)
				}
			}
		}
	}
	for path, code := range map[string]string{"/twins/x": "DeviceNotFound", "/twins/d/modules/x": "ModuleNotFound", "/twins/x/modules/m": "DeviceNotFound"} {
		for _, method := range []string{http.MethodGet, http.MethodPatch, http.MethodPut} {
			if got := f.do(t, request{method: method, path: path, body: `{}`}); got.status != http.StatusNotFound || got.header.Get("Iothub-Errorcode") != code {
				t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
			}
		}
	}
}

func manyMembers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = `"k` + string(rune('a'+i)) + `":"` + strings.Repeat("x", 4000) + `"`
	}
	return strings.Join(list, ",")
}

// An explorer sends back the whole document with one value changed, reported
// properties, metadata and all.
func TestTwinSentBackWhole(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	if _, err := f.hub.ReportTwin(t.Context(), core.ID{Device: "d"}, []byte(`{"speed":7}`), nil); err != nil {
		t.Fatal(err)
	}
	f.twin(t, request{method: http.MethodPatch, path: "/twins/d", body: `{"properties":{"desired":{"a":1}}}`})
	whole := f.do(t, request{method: http.MethodGet, path: "/twins/d"}).body
	for _, method := range []string{http.MethodPatch, http.MethodPut} {
		got := f.twin(t, request{method: method, path: "/twins/d", body: strings.Replace(whole, `"tags":{}`, `"tags":{"new":1}`, 1)})
		if string(got.Tags) != `{"new":1}` || string(members(t, got.Properties.Desired)["a"]) != "1" || string(members(t, got.Properties.Reported)["speed"]) != "7" {
			t.Errorf("%s: %+v", method, got)
		}
	}
}

func TestClientWritesTwins(t *testing.T) {
	f := start(t)
	f.create(t, "a%2#b")
	f.module(t, "a%2#b", "$edgeAgent")
	c := f.client(t, "service")
	for _, module := range []string{"", "$edgeAgent"} {
		before, err := c.ModuleTwin(t.Context(), "a%2#b", module)
		if err != nil || before.Version != 2 || before.DesiredVersion != 1 || before.ReportedVersion != 1 || before.ModuleID != module {
			t.Fatalf("%+v, %v", before, err)
		}
		after, err := c.PatchModuleTwin(t.Context(), "a%2#b", module, hub.TwinUpdate{
			Tags: json.RawMessage(`{"a":1}`), Desired: json.RawMessage(`{"interval":5}`), ETag: before.ETag,
		})
		if err != nil || after.Version != 3 || after.DesiredVersion != 2 || string(after.Tags) != `{"a":1}` || after.ETag == before.ETag {
			t.Errorf("%+v, %v", after, err)
		}
		if _, err := c.PatchModuleTwin(t.Context(), "a%2#b", module, hub.TwinUpdate{Tags: json.RawMessage(`{}`), ETag: before.ETag}); !errors.Is(err, hub.ErrPrecondition) {
			t.Errorf("with the old etag: %v", err)
		}
		replaced, err := c.ReplaceModuleTwin(t.Context(), "a%2#b", module, hub.TwinUpdate{Tags: json.RawMessage(`{}`)})
		if err != nil || string(replaced.Tags) != "{}" || replaced.DesiredVersion != 2 {
			t.Errorf("%+v, %v", replaced, err)
		}
		for _, section := range []string{`null`, `[]`, `{`, `1`} {
			if _, err := c.PatchModuleTwin(t.Context(), "a%2#b", module, hub.TwinUpdate{Desired: json.RawMessage(section)}); !errors.Is(err, hub.ErrTwinSection) {
				t.Errorf("%s: %v", section, err)
			}
		}
	}
	if _, err := c.Twin(t.Context(), "x"); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("unknown device: %v", err)
	}
}
