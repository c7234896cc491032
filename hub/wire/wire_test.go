package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/wire"
)

// Protocol 2.4: the document of the article, member for member.
const identity = `{
  "deviceId": "dev1", "generationId": "637194048723473434", "etag": "MjU2ODEyMDc5",
  "connectionState": "Disconnected", "status": "enabled", "statusReason": null,
  "connectionStateUpdatedTime": "0001-01-01T00:00:00Z", "statusUpdatedTime": "0001-01-01T00:00:00Z",
  "lastActivityTime": "2022-06-01T18:43:04.5561024Z", "cloudToDeviceMessageCount": 0,
  "authentication": {
    "symmetricKey": { "primaryKey": "cDE=", "secondaryKey": "czI=" },
    "x509Thumbprint": { "primaryThumbprint": null, "secondaryThumbprint": null }, "type": "sas"
  },
  "capabilities": { "iotEdge": false },
  "deviceScope": "ms-azure-iot-edge://parent-637", "parentScopes": ["ms-azure-iot-edge://parent-637"]
}`

// Protocol 2.5.
const twin = `{
  "deviceId":"dev1","moduleId":"m","etag":"AAAAAAAAAAE=","deviceEtag":"MjU2ODEyMDc5",
  "status":"enabled","statusReason":"broken","statusUpdateTime":"0001-01-01T00:00:00Z",
  "connectionState":"Disconnected","lastActivityTime":"0001-01-01T00:00:00Z","cloudToDeviceMessageCount":0,
  "authenticationType":"sas","x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},
  "modelId":"","version":2,"tags":{"a":1},
  "properties":{
    "desired":{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1},
    "reported":{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1}},
  "capabilities":{"iotEdge":false},"deviceScope":"s","parentScopes":["p"],"configurations":{"c":{"status":"Applied"}}
}`

func TestDocumentsKeepEveryMember(t *testing.T) {
	for text, into := range map[string]any{identity: &wire.Device{}, twin: &wire.Twin{}} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(into)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(members(t, []byte(text)), members(t, out)); diff != "" {
			t.Errorf("%T changed:\n%s", into, diff)
		}
	}
}

func members(t *testing.T, doc []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(doc, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSymmetricKeyPrintsMasked(t *testing.T) {
	var d wire.Device
	if err := json.Unmarshal([]byte(identity), &d); err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{*d.Authentication.SymmetricKey, d.Authentication.SymmetricKey} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "cDE=") || !strings.Contains(got, "***") {
				t.Errorf("%s prints %s", verb, got)
			}
		}
	}
}

func TestTime(t *testing.T) {
	for in, want := range map[string]string{
		`"0001-01-01T00:00:00"`:               "0001-01-01T00:00:00Z",
		`"0001-01-01T00:00:00Z"`:              "0001-01-01T00:00:00Z",
		`null`:                                "0001-01-01T00:00:00Z",
		`""`:                                  "0001-01-01T00:00:00Z",
		`"2022-06-01T18:43:04.5561024Z"`:      "2022-06-01T18:43:04.5561024Z",
		`"2022-06-01T18:43:04.5561024"`:       "2022-06-01T18:43:04.5561024Z",
		`"2022-06-01T18:43:04Z"`:              "2022-06-01T18:43:04.0000000Z",
		`"2022-06-01T20:43:04.5561024+02:00"`: "2022-06-01T18:43:04.5561024Z",
	} {
		var got wire.Time
		if err := json.Unmarshal([]byte(in), &got); err != nil || got.String() != want {
			t.Errorf("%s gives %s, %v", in, got, err)
		}
	}
	for _, in := range []string{`5`, `"yesterday"`, `{}`} {
		if err := json.Unmarshal([]byte(in), new(wire.Time)); err == nil {
			t.Errorf("%s is taken for a time", in)
		}
	}
}

func FuzzTime(f *testing.F) {
	f.Add("2022-06-01T18:43:04.5561024Z")
	f.Add("0001-01-01T00:00:00")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := wire.ParseTime(text)
		if err != nil {
			return
		}
		again, err := wire.ParseTime(wire.Time{Time: parsed}.String())
		if err != nil || !again.Equal(parsed.Truncate(100*time.Nanosecond)) {
			t.Errorf("%s, then %s, %v", parsed, again, err)
		}
	})
}
