package rest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"hubscope/hub/wire"
)

func (f *fixture) query(t *testing.T, text string, header http.Header) (response, []json.RawMessage) {
	t.Helper()
	body, err := json.Marshal(wire.QueryRequest{Query: text})
	if err != nil {
		t.Fatal(err)
	}
	got := f.do(t, request{method: http.MethodPost, path: "/devices/query", body: string(body), header: header})
	var items []json.RawMessage
	if got.status == http.StatusOK {
		if err := json.Unmarshal([]byte(got.body), &items); err != nil {
			t.Fatal(err)
		}
	}
	return got, items
}

// Protocol 2.6.1, 2.6.2, 2.6.3, 2.6.4.
func TestQueryPages(t *testing.T) {
	f := start(t)
	ids := numbered(25)
	f.create(t, ids...)
	const text = "SELECT * FROM devices"
	var seen []string
	header := http.Header{wire.HeaderMaxItemCount: {"10"}}
	sizes := []int{}
	for {
		got, items := f.query(t, text, header)
		if got.status != http.StatusOK || got.header.Get(wire.HeaderItemType) != "twin" {
			t.Fatalf("%d %s", got.status, got.body)
		}
		for _, item := range items {
			var twin wire.Twin
			if err := json.Unmarshal(item, &twin); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, twin.DeviceID)
		}
		sizes = append(sizes, len(items))
		_, more := got.header[http.CanonicalHeaderKey(wire.HeaderContinuation)]
		if !more {
			break
		}
		header.Set(wire.HeaderContinuation, got.header.Get(wire.HeaderContinuation))
	}
	if strings.Join(seen, " ") != strings.Join(ids, " ") || len(sizes) != 3 || sizes[2] != 5 {
		t.Errorf("pages of %v: %v", sizes, seen)
	}
	if got, _ := f.query(t, text+" WHERE deviceId = 'x'", http.Header{wire.HeaderContinuation: {"tok1"}}); got.status != http.StatusBadRequest {
		t.Errorf("a continuation that is none: %d", got.status)
	}
	if got, _ := f.query(t, text+" ", header); got.status != http.StatusBadRequest {
		t.Errorf("a continuation of another query: %d %s", got.status, got.body)
	}
}

// Protocol 2.5: what an untouched twin looks like.
// Protocol 2.5.1.
func TestQueryGivesTwins(t *testing.T) {
	f := start(t)
	f.create(t, "it's", "b")
	_, items := f.query(t, "select * from devices where deviceId = 'it''s'", nil)
	if len(items) != 1 {
		t.Fatalf("%d items", len(items))
	}
	var twin map[string]any
	if err := json.Unmarshal(items[0], &twin); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"deviceId": "it's", "etag": "AAAAAAAAAAE=", "version": 2.0, "modelId": "", "status": "enabled",
		"connectionState": "Disconnected", "authenticationType": "sas", "statusUpdateTime": "0001-01-01T00:00:00Z",
	} {
		if twin[name] != want {
			t.Errorf("%s is %v, want %v", name, twin[name], want)
		}
	}
	if _, there := twin["generationId"]; there {
		t.Error("a twin has no generationId")
	}
	if _, items := f.query(t, `SELECT * FROM devices WHERE devices.deviceId = "nobody"`, nil); len(items) != 0 {
		t.Errorf("%d items for nobody", len(items))
	}
	got, items := f.query(t, "SELECT COUNT() AS totalNumberOfDevices FROM devices", nil)
	if got.header.Get(wire.HeaderItemType) != "raw" || len(items) != 1 || string(items[0]) != `{"totalNumberOfDevices":2}` {
		t.Errorf("count: %s", got.body)
	}
}

// Protocol 2.6.5, 3.4.1.
func TestQueryRefuses(t *testing.T) {
	f := start(t)
	for _, text := range []string{"", "SELECT", "SELECT * FROM devices WHERE", "DROP TABLE devices", "SELECT * FROM devices WHERE deviceId = 'a' OR 1=", strings.Repeat("x", 8193)} {
		if got, _ := f.query(t, text, nil); got.status != http.StatusBadRequest || got.header.Get("Iothub-Errorcode") != "ArgumentInvalid" {
			t.Errorf("%.40q: %d %s", text, got.status, got.body)
		}
	}
	for _, size := range []string{"0", "-1", "ten"} {
		if got, _ := f.query(t, "SELECT * FROM devices", http.Header{wire.HeaderMaxItemCount: {size}}); got.status != http.StatusBadRequest {
			t.Errorf("page size %s: %d", size, got.status)
		}
	}
}
