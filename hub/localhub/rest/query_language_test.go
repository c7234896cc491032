package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// startFleet has three devices, of which d1 is for IoT Edge with a module m, and a
// job for d1 and d2.
func startFleet(t *testing.T) *fixture {
	t.Helper()
	f := startMade(t, func(h *core.Hub, db *store.DB) rest.Options {
		scheduled, err := jobs.Open(db, jobs.Options{Hub: h, Language: selection.New(h, nil)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := scheduled.Close(); err != nil {
				t.Error(err)
			}
		})
		return rest.Options{Jobs: scheduled}
	})
	send := func(method, path, body string) {
		t.Helper()
		if got := f.do(t, request{method: method, path: path, body: body}); got.status/100 != 2 {
			t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
		}
	}
	send(http.MethodPut, "/devices/d1", `{"deviceId":"d1","capabilities":{"iotEdge":true}}`)
	send(http.MethodPut, "/devices/d2", `{"deviceId":"d2","status":"disabled","statusReason":"spare"}`)
	send(http.MethodPut, "/devices/D3", `{"deviceId":"D3"}`)
	send(http.MethodPut, "/devices/d1/modules/m", `{"deviceId":"d1","moduleId":"m"}`)
	send(http.MethodPatch, "/twins/d1", `{"tags":{"location":{"region":"US","n":7},"group":{"name":"g"},"list":[1,"two",{"k":3}],"ok":true,"quote":"it's"},"properties":{"desired":{"interval":30,"a":{"b":{"c":1.5}}}}}`)
	send(http.MethodPatch, "/twins/d2", `{"tags":{"location":{"region":"US","n":"7"},"Case":1},"properties":{"desired":{"interval":60}}}`)
	send(http.MethodPatch, "/twins/d1/modules/m", `{"properties":{"desired":{"on":true}}}`)
	if _, err := f.hub.ReportTwin(t.Context(), core.ID{Device: "d1"}, []byte(`{"connectivity":"wired"}`), nil); err != nil {
		t.Fatal(err)
	}
	send(http.MethodPut, "/jobs/v2/job1", `{"jobId":"job1","type":"scheduleUpdateTwin","updateTwin":{"etag":"*","tags":{"job":1}},"queryCondition":"deviceId IN ['d1','d2']","maxExecutionTimeInSeconds":60}`)
	untilJob(t, f, "job1")
	return f
}

func untilJob(t *testing.T, f *fixture, id string) {
	t.Helper()
	for range 2000 {
		if got := f.do(t, request{method: http.MethodGet, path: "/jobs/v2/" + id}); strings.Contains(got.body, `"status":"completed"`) {
			return
		}
	}
	t.Fatal("the job does not end")
}

// Each sentence of protocol 3 that says what a query gives, asked over REST. Want
// are the items, for twins their ids.
// Protocol 0.18, 2.6.1, 2.6.3, 3.1.1, 3.1.3, 3.2.1, 3.2.2, 3.3.1, 3.3.2.
func TestProtocol3(t *testing.T) {
	f := startFleet(t)
	for _, test := range []struct{ section, text, itemType, want string }{
		{"3.1 source devices", "SELECT * FROM devices", "twin", "D3 d1 d2"},
		{"3.1 source modules", "SELECT * FROM devices.modules", "twin", "d1/$edgeAgent d1/$edgeHub d1/m"},
		{"3.1 source jobs", "SELECT * FROM devices.jobs", "deviceJob", "d1 d2"},
		{"3.1 keywords have no case", "select DEVICEID from DEVICES where STATUS = 'disabled'", "raw", `{"deviceId":"d2"}`},
		{"3.1 TOP", "SELECT TOP 2 * FROM devices", "twin", "D3 d1"},
		{"3.1 alias", "SELECT deviceId AS a, status AS [[b c]] FROM devices WHERE deviceId = 'D3'", "raw", `{"a":"D3","b c":"enabled"}`},
		{"3.1 arithmetic", "SELECT properties.desired.interval * 2 + 1 AS x FROM devices WHERE properties.desired.interval / 2 = 30", "raw", `{"x":121}`},
		{"3.1 0xHEX", "SELECT * FROM devices WHERE properties.desired.interval = 0x1E", "twin", "d1"},
		{"3.1 NIN", "SELECT * FROM devices WHERE tags.location.region NIN ['DE']", "twin", "d1 d2"},
		{"3.1 NOT IN", "SELECT * FROM devices WHERE NOT deviceId IN ['d1']", "twin", "D3 d2"},
		{"3.1 element of an array", "SELECT tags.list[1] AS x FROM devices WHERE tags.list[2].k = 3", "raw", `{"x":"two"}`},
		{"3.1 nested path", "SELECT properties.desired.a.b.c FROM devices WHERE properties.desired.a.b.c > 1", "raw", `{"c":1.5}`},
		{"3.1 property names have case", "SELECT * FROM devices WHERE tags.case = 1", "twin", ""},
		{"3.1 prefix of the collection", "SELECT * FROM devices.modules WHERE devices.modules.moduleId = 'm' AND devices.deviceId = 'd1'", "twin", "d1/m"},
		{"3.1 quoted segment", "SELECT tags.[[group]].name FROM devices WHERE is_defined(tags.[[group]])", "raw", `{"name":"g"}`},
		{"3.1 escapes", `SELECT * FROM devices WHERE tags.quote = 'it\'s' AND tags.quote = "it\u0027s" AND tags.quote = 'it''s'`, "twin", "d1"},
		{"3.1 no comparison across types", "SELECT * FROM devices WHERE tags.location.n = 7", "twin", "d1"},
		{"3.1 != of other types", "SELECT * FROM devices WHERE tags.location.n != 8", "twin", "d1"},
		{"3.1 != of undefined", "SELECT * FROM devices WHERE tags.none != 1", "twin", ""},
		{"3.1 strings are ordinal", "SELECT * FROM devices WHERE deviceId < 'a'", "twin", "D3"},
		{"3.1 dates are text", "SELECT * FROM devices WHERE lastActivityTime < '2020-01-01'", "twin", "D3 d1 d2"},
		{"3.1 $metadata", "SELECT * FROM devices WHERE properties.desired.$metadata.interval.$lastUpdated > '2020-01-01T00:00:00Z'", "twin", "d1 d2"},
		{"3.1 $lastUpdatedVersion", "SELECT * FROM devices WHERE properties.desired.$metadata.interval.$lastUpdatedVersion = 2", "twin", "d1 d2"},
		{"3.1 reported $metadata", "SELECT * FROM devices WHERE properties.reported.$metadata.$lastUpdated > '2020'", "twin", "d1"},
		{"3.1 $version", "SELECT deviceId FROM devices WHERE properties.desired.$version = 1", "raw", `{"deviceId":"D3"}`},
		{"3.1 not boolean: string", "SELECT * FROM devices WHERE tags.quote", "twin", ""},
		{"3.1 not boolean: object", "SELECT * FROM devices WHERE tags.location", "twin", ""},
		{"3.1 boolean path", "SELECT * FROM devices WHERE tags.ok", "twin", "d1"},
		{"3.1 = null", "SELECT * FROM devices WHERE tags.none = null", "twin", ""},
		{"3.1 NOT is_defined", "SELECT * FROM devices WHERE NOT is_defined(tags.location)", "twin", "D3"},
		{"3.1 undefined AND false", "SELECT * FROM devices WHERE NOT (tags.none AND false)", "twin", "D3 d1 d2"},
		{"3.2 is_…", "SELECT * FROM devices WHERE IS_ARRAY(tags.list) AND IS_BOOL(tags.ok) AND IS_NUMBER(tags.location.n) AND IS_OBJECT(tags.location) AND IS_STRING(tags.quote) AND IS_PRIMITIVE(tags.ok) AND NOT IS_NULL(tags.ok)", "twin", "d1"},
		{"3.2 strings", "SELECT CONCAT(deviceId, '-', LOWER('X')) AS a, LENGTH(deviceId) AS b, UPPER(SUBSTRING(deviceId, 0, 1)) AS c, INDEX_OF(deviceId, '1') AS d FROM devices WHERE ENDSWITH(deviceId, '1') AND CONTAINS(tags.quote, 't')", "raw", `{"a":"d1-x","b":2,"c":"D","d":1}`},
		{"3.2 numbers", "SELECT ABS(-2) AS a, POWER(2, 3) AS b, SQUARE(3) AS c, CEILING(0.1) AS d, FLOOR(0.9) AS e, SIGN(-1) AS f, SQRT(9) AS g, AS_NUMBER('4') AS h, EXP(0) AS i FROM devices WHERE deviceId = 'd1'", "raw", `{"a":2,"b":8,"c":9,"d":1,"e":0,"f":-1,"g":3,"h":4,"i":1}`},
		{"3.2 explorer2", "SELECT * FROM devices WHERE STARTSWITH(devices.deviceId,'d')", "twin", "d1 d2"},
		{"3.2 C# sample", "SELECT * FROM devices WHERE STARTS_WITH(id,'D')", "twin", "D3"},
		{"3.2 array_contains", "select deviceId from devices where array_contains(tags.list, 'two')", "raw", `{"deviceId":"d1"}`},
		{"3.3 last segment", "SELECT tags.location.region FROM devices WHERE deviceId = 'd1'", "raw", `{"region":"US"}`},
		{"3.3 undefined is left out", "SELECT deviceId, tags.location.region FROM devices", "raw", `{"deviceId":"D3"} {"deviceId":"d1","region":"US"} {"deviceId":"d2","region":"US"}`},
		{"3.3 unaliased aggregates", "SELECT COUNT(), MAX(properties.desired.interval) FROM devices", "raw", `{"$1":3,"$2":60}`},
		{"3.3 aggregates pass over others", "SELECT AVG(tags.location.n) AS a, SUM(tags.location.n) AS s, MIN(tags.location.n) AS l FROM devices", "raw", `{"a":7,"s":7,"l":7}`},
		{"3.3 GROUP BY", "SELECT tags.location.region AS r, COUNT() AS n FROM devices GROUP BY tags.location.region", "raw", `{"n":1} {"r":"US","n":2}`},
		{"3.3 GROUP BY two", "SELECT status, tags.location.region, COUNT() AS n FROM devices GROUP BY status, tags.location.region", "raw", `{"status":"enabled","n":1} {"status":"enabled","region":"US","n":1} {"status":"disabled","region":"US","n":1}`},
		{"3.3 COUNT of modules", "SELECT COUNT() AS n FROM devices.modules WHERE deviceId = 'd1'", "raw", `{"n":3}`},
		{"3.3 jobs by id", "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'job1' AND devices.jobs.status = 'completed' AND deviceId = 'd2'", "deviceJob", "d2"},
		{"3.4 status and connection", "SELECT DeviceId, LastActivityTime FROM devices WHERE status = 'disabled' AND connectionState = 'Disconnected'", "raw", `{"deviceId":"d2","lastActivityTime":"0001-01-01T00:00:00Z"}`},
		{"3.4 edge", "select * from devices where capabilities.iotEdge = true", "twin", "d1"},
		{"2.8 what the job wrote", "SELECT * FROM devices WHERE tags.job = 1", "twin", "d1 d2"},
	} {
		t.Run(test.section, func(t *testing.T) {
			for size := 1; size <= 4; size++ {
				items, itemType := f.pages(t, test.text, size)
				if got := strings.Join(items, " "); got != test.want || itemType != test.itemType {
					t.Errorf("%s in pages of %d: %s\n got %s\nwant %s", test.text, size, itemType, got, test.want)
				}
			}
		})
	}
}

// pages reads a query to its end.
func (f *fixture) pages(t *testing.T, text string, size int) (items []string, itemType string) {
	t.Helper()
	header := http.Header{wire.HeaderMaxItemCount: {fmt.Sprint(size)}}
	for range 100 {
		got, page := f.query(t, text, header)
		if got.status != http.StatusOK || len(page) > size {
			t.Fatalf("%s: %d %s", text, got.status, got.body)
		}
		itemType = got.header.Get(wire.HeaderItemType)
		for _, raw := range page {
			item := string(raw)
			if itemType != wire.ItemRaw {
				var id struct{ DeviceID, ModuleID string }
				if err := json.Unmarshal(raw, &id); err != nil {
					t.Fatal(err)
				}
				item = strings.TrimSuffix(id.DeviceID+"/"+id.ModuleID, "/")
			}
			items = append(items, item)
		}
		next := got.header.Get(wire.HeaderContinuation)
		if next == "" {
			return items, itemType
		}
		header.Set(wire.HeaderContinuation, next)
	}
	t.Fatalf("%s does not end", text)
	return nil, ""
}

// Protocol 3.1, 3.3, 3.4: what is refused, and where the text is wrong.
// Protocol 2.6.5, 3.1.2, 3.3.3, 3.4.1.
func TestProtocol3Refuses(t *testing.T) {
	f := start(t)
	for _, test := range []struct{ section, text, where string }{
		{"3.1 no ORDER BY", "SELECT * FROM devices ORDER BY deviceId", "line 1, column 23"},
		{"3.1 no JOIN", "SELECT * FROM devices JOIN x", "line 1, column 23"},
		{"3.1 no DISTINCT", "SELECT DISTINCT tags.a FROM devices", "line 1, column 17"},
		{"3.1 no HAVING", "SELECT COUNT() AS n, tags.a FROM devices GROUP BY tags.a HAVING n > 1", "line 1, column 58"},
		{"3.1 no LIKE", "SELECT * FROM devices WHERE tags.a LIKE 'x%'", "line 1, column 36"},
		{"3.1 no sub-select", "SELECT * FROM devices WHERE tags.a IN (SELECT * FROM devices)", "line 1, column 39"},
		{"3.1 sources", "SELECT * FROM things", "line 1, column 15"},
		{"3.1 line", "SELECT *\nFROM devices\nWHERE tags.a = ", "line 3, column 16"},
		{"3.2 functions", "SELECT * FROM devices WHERE nothing(tags.a)", "line 1, column 29"},
		{"3.3 projection of jobs", "SELECT deviceId FROM devices.jobs", "line 1, column 8"},
		{"3.3 aggregates of jobs", "SELECT COUNT() AS n FROM devices.jobs", "line 1, column 8"},
		{"3.3 neither grouped nor an aggregate", "SELECT deviceId, COUNT() AS n FROM devices", "line 1, column 8"},
		{"3.4 length", "SELECT * FROM devices WHERE tags.a = '" + strings.Repeat("x", 8192) + "'", "8192"},
	} {
		t.Run(test.section, func(t *testing.T) {
			got, _ := f.query(t, test.text, nil)
			if code, text := got.refusal(t); got.status != http.StatusBadRequest || code != "ArgumentInvalid" || !strings.Contains(text, test.where) {
				t.Errorf("%d %s %s, want %s", got.status, code, text, test.where)
			}
		})
	}
}

// Protocol 2.5, 3.1: every member that a twin has in REST can be asked for, and
// has the same value there.
// Protocol 3.1.4.
func TestProtocol3EveryMemberOfATwin(t *testing.T) {
	f := startFleet(t)
	for _, of := range []struct{ path, query string }{
		{"/twins/d1", "devices WHERE deviceId = 'd1'"},
		{"/twins/d2", "devices WHERE deviceId = 'd2'"},
		{"/twins/d1/modules/m", "devices.modules WHERE deviceId = 'd1' AND moduleId = 'm'"},
	} {
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(f.do(t, request{method: http.MethodGet, path: of.path}).body), &members); err != nil {
			t.Fatal(err)
		}
		if len(members) < 12 || !slices.Contains([]string{"2", "3", "4", "5"}, string(members["version"])) {
			t.Fatalf("%s: %v", of.path, members)
		}
		for name, want := range members {
			_, items := f.query(t, "SELECT "+name+" FROM "+of.query, nil)
			if len(items) != 1 || string(items[0]) != `{"`+name+`":`+string(want)+`}` {
				t.Errorf("%s of %s: %s, want %s", name, of.path, items, want)
			}
		}
	}
}
