package hub_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/wire"
)

// What a list asks for, and what it takes out of the answer (protocol 2.6, 3.1).
func TestList(t *testing.T) {
	for _, c := range []struct {
		name    string
		listing hub.Listing
		query   string
		item    string
		want    []string
	}{
		{
			"whole",
			hub.Listing{Paths: []string{"tags.building", "reported.firmware.version", "desired.a"}},
			"SELECT * FROM devices",
			`{"deviceId":"d","tags":{"building":"b7"},"properties":{"desired":{},"reported":{"firmware":{"version":"1.4"}}}}`,
			[]string{`"b7"`, `"1.4"`, ""},
		},
		{
			"brief",
			hub.Listing{Brief: true, Paths: []string{"tags.building", "properties.reported.a b.[[c.d]]", "statusReason"}},
			"SELECT deviceId, status, connectionState, lastActivityTime, cloudToDeviceMessageCount, authenticationType, capabilities, modelId" +
				", tags.[[building]] AS c0, properties.reported.[[a b]].[[c.d]] AS c1, statusReason AS c2 FROM devices",
			`{"deviceId":"d","c1":{"x":1}}`,
			[]string{"", `{"x":1}`, ""},
		},
		{"of a condition", hub.Listing{Where: "tags.a = 1 OR tags.b = 2", Top: 7}, "SELECT TOP 7 * FROM devices WHERE tags.a = 1 OR tags.b = 2", `{"deviceId":"d"}`, nil},
		{"some of a condition", hub.Listing{Where: "tags.a = 1 OR tags.b = 2", IDs: []string{"d"}}, "SELECT * FROM devices WHERE deviceId IN ['d'] AND (tags.a = 1 OR tags.b = 2)", `{"deviceId":"d"}`, nil},
		{"some", hub.Listing{IDs: []string{"d", "o'neil"}}, `SELECT * FROM devices WHERE deviceId IN ['d','o\'neil']`, `{"deviceId":"d"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := clientOf(t, func(r *http.Request) (*http.Response, error) {
				var q wire.QueryRequest
				if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Query != c.query {
					t.Errorf("asked %q, want %q; %v", q.Query, c.query, err)
				}
				return reply(200, nil, "["+c.item+"]"), nil
			}, hub.Retry{})
			devices, _, err := client.List(t.Context(), c.listing)
			if err != nil || len(devices) != 1 || devices[0].DeviceID != "d" {
				t.Fatalf("%+v, %v", devices, err)
			}
			var got []string
			for _, v := range devices[0].Values {
				got = append(got, string(v))
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") || len(got) != len(c.want) {
				t.Errorf("values %q, want %q", got, c.want)
			}
		})
	}
}

func TestCheckListPath(t *testing.T) {
	for path, good := range map[string]bool{
		"tags.a": true, "desired.a.b": true, "reported.[[a.b]].c": true, "properties.reported.a": true, "statusReason": true,
		"tags.ort-süd": true, "": false, "tags": false, "tags.": false, "tags..a": false, "metadata.a": false, "tags.[[a": false,
		"tags.[[a]]b": false, "tags.a]] FROM devices": false, "tags.[[]]": false,
	} {
		if err := hub.CheckListPath(path); (err == nil) != good {
			t.Errorf("%q: %v", path, err)
		}
	}
}
