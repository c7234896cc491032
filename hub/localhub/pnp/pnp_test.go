package pnp_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/pnp"
	"hubscope/hub/wire"
)

// Protocol 2.10.1.
func TestDocument(t *testing.T) {
	got, err := pnp.Document(wire.Twin{DeviceID: "d1", ModelID: "dtmi:com:example:T;1", Properties: &wire.TwinProperties{
		Desired: json.RawMessage(`{"target":21,"c1":{"__t":"c","max":5},"$metadata":{"target":{"$lastUpdatedVersion":3},"c1":{"max":{"$lastUpdatedVersion":4}}},"$version":4}`),
		Reported: json.RawMessage(`{"target":{"value":20,"ac":200,"av":2,"ad":"done"},"serial":"x","c1":{"__t":"c","now":7},
			"$metadata":{"target":{"$lastUpdated":"t1"},"serial":{"$lastUpdated":"t2"},"c1":{"now":{"$lastUpdated":"t3"}}},"$version":2}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, `{"$dtId":"d1","target":20,"serial":"x","c1":{"now":7,"$metadata":{"now":{"lastUpdateTime":"t3"},"max":{"desiredValue":5,"desiredVersion":4}}},
		"$metadata":{"$model":"dtmi:com:example:T;1","serial":{"lastUpdateTime":"t2"},
		"target":{"desiredValue":21,"desiredVersion":3,"ackVersion":2,"ackCode":200,"ackDescription":"done","lastUpdateTime":"t1"}}}`)
}

func same(t *testing.T, got any, want string) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := errors.Join(json.Unmarshal(text, &a), json.Unmarshal([]byte(want), &b)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("got %s\nwant %s", text, want)
	}
}

// Protocol 2.10.2.
func TestPatch(t *testing.T) {
	for in, want := range map[string]string{
		`[]`: `{}`,
		`[{"op":"add","path":"/target","value":5},{"op":"remove","path":"/old"}]`:                                 `{"target":5,"old":null}`,
		`[{"op":"replace","path":"/c1/target","value":{"a":1}},{"op":"remove","path":"/c1/x~1y"}]`:                `{"c1":{"__t":"c","target":{"a":1},"x/y":null}}`,
		`[{"op":"add","path":"/c1","value":{"a":1,"$metadata":{}}},{"op":"replace","path":"/c1/b","value":true}]`: `{"c1":{"__t":"c","a":1,"b":true}}`,
	} {
		got, err := pnp.Patch([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		same(t, got, want)
	}
	for in, code := range map[string]int{
		`{}`:                                    400505,
		`[{"op":"move"`:                         400505,
		`[{"op":"test","path":"/a","value":1}]`: 400505,
		`[{"op":"add","path":"/a"}]`:            400507,
		`[{"op":"add","path":"/a","value":null}]`:   400507,
		`[{"op":"add","path":"a","value":1}]`:       400508,
		`[{"op":"add","path":"/","value":1}]`:       400508,
		`[{"op":"add","path":"/a/b/c","value":1}]`:  400508,
		`[{"op":"add","path":"/$model","value":1}]`: 400508,
	} {
		if _, err := pnp.Patch([]byte(in)); !errors.Is(err, &core.Error{Code: code}) {
			t.Errorf("%s: %v, want %d", in, err, code)
		}
	}
}

func FuzzPatch(f *testing.F) {
	f.Add(`[{"op":"add","path":"/c1/x~1y","value":{"$metadata":{}}},{"op":"remove","path":"/a"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		if patch, err := pnp.Patch([]byte(text)); err == nil && !json.Valid(patch) {
			t.Errorf("%s gives %s", text, patch)
		}
	})
}

func FuzzDocument(f *testing.F) {
	f.Add(`{"a":{"__t":"c"},"$metadata":{"a":1}}`, `{"a":5,"b":{"value":1,"ac":1},"$metadata":[]}`)
	f.Fuzz(func(t *testing.T, desired, reported string) {
		d, err := pnp.Document(wire.Twin{Properties: &wire.TwinProperties{Desired: json.RawMessage(desired), Reported: json.RawMessage(reported)}})
		if err == nil && d["$metadata"] == nil {
			t.Error("no $metadata")
		}
	})
}
