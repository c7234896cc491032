package query_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hubscope/hub/localhub/query"
)

// fleet has a device for each rule that the strings of the reference check.
func fleet(t testing.TB) *query.Engine {
	t.Helper()
	return query.New(query.Sources{
		Devices: documents(
			t,
			`{"deviceId":"device1","status":"enabled","connectionState":"Disconnected","lastActivityTime":"2019-05-01T10:00:00.0000000Z","capabilities":{"iotEdge":true},"deviceScope":"s","tags":{"location":{"region":"US"},"a":"b","group":{"name":"g"}},
			  "properties":{"desired":{"$version":4},"reported":{"telemetryConfig":{"status":"Success","sendFrequencyInSecs":60},"connectivity":"wired","$version":2,"$metadata":{"connectivity":{"$lastUpdated":"2020-01-01T00:00:00Z"}}}},"configurations":{"c12":{"status":"Applied"}}}`,
			`{"deviceId":"device2","status":"enabled","connectionState":"Connected","lastActivityTime":"2026-01-01T00:00:00Z","capabilities":{"iotEdge":false},"parentScopes":["s"],"tags":{"location":{"region":"US"}},
			  "properties":{"desired":{},"reported":{"telemetryConfig":{"status":"Success","sendFrequencyInSecs":30},"connectivity":"wifi"}}}`,
			`{"deviceId":"p-3","status":"disabled","connectionState":"Disconnected","lastActivityTime":"0001-01-01T00:00:00Z","capabilities":{"iotEdge":false},"tags":{"location":{"region":"DE"}},
			  "properties":{"desired":{},"reported":{"telemetryConfig":{"status":"Pending","sendFrequencyInSecs":90}}}}`,
			`{"deviceId":"p-4","status":"enabled","connectionState":"Disconnected","lastActivityTime":"0001-01-01T00:00:00Z","capabilities":{"iotEdge":false},"tags":{},"properties":{"desired":{},"reported":{}}}`,
		),
		Modules: documents(
			t,
			`{"deviceId":"device1","moduleId":"$edgeAgent","properties":{"desired":{"$version":3},"reported":{"lastDesiredVersion":3,"status":"scanning"}},"configurations":{"c12":{"status":"Applied"}}}`,
			`{"deviceId":"device1","moduleId":"m","properties":{"desired":{"$version":3},"reported":{"lastDesiredVersion":2}}}`,
			`{"deviceId":"device3","moduleId":"m","properties":{"desired":{"$version":1},"reported":{"status":"scanning"}}}`,
		),
		Jobs: documents(t, `{"deviceId":"device1","jobId":"myJobId","jobType":"scheduleUpdateTwin"}`, `{"deviceId":"device2","jobId":"other"}`),
	}, nil)
}

// Every string of protocol 3.4, of 2.9 and of the examples of 3.1 to 3.3, in
// pages of every small size.
// Protocol 3.2.2.
func TestStringsOfTheReference(t *testing.T) {
	e := fleet(t)
	for _, test := range []struct{ text, itemType, want string }{
		{`SELECT * FROM devices`, "twin", "device1 device2 p-3 p-4"},
		{`SELECT COUNT() as totalNumberOfDevices FROM devices`, "raw", `{"totalNumberOfDevices":4}`},
		{`SELECT * FROM devices WHERE tags.location.region = 'US' AND properties.reported.telemetryConfig.sendFrequencyInSecs >= 60`, "twin", "device1"},
		{`SELECT * FROM devices WHERE properties.reported.connectivity IN ['wired','wifi']`, "twin", "device1 device2"},
		{`SELECT * FROM devices WHERE is_defined(properties.reported.connectivity)`, "twin", "device1 device2"},
		{`SELECT * FROM devices WHERE NOT is_defined(properties.reported.connectivity)`, "twin", "p-3 p-4"},
		{`SELECT properties.reported.telemetryConfig.status AS status, COUNT() AS numberOfDevices FROM devices GROUP BY properties.reported.telemetryConfig.status`, "raw", `{"status":"Success","numberOfDevices":2} {"status":"Pending","numberOfDevices":1} {"numberOfDevices":1}`},
		{`SELECT DeviceId, LastActivityTime FROM devices WHERE status = 'enabled' AND connectionState = 'Disconnected'`, "raw", `{"deviceId":"device1","lastActivityTime":"2019-05-01T10:00:00.0000000Z"} {"deviceId":"p-4","lastActivityTime":"0001-01-01T00:00:00Z"}`},
		{`SELECT * FROM devices.modules WHERE properties.reported.status = 'scanning' AND deviceId IN ['device1','device2']`, "twin", "device1/$edgeAgent"},
		{`SELECT * FROM devices.modules`, "twin", "device1/$edgeAgent device1/m device3/m"},
		{`SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'myJobId'`, "deviceJob", "device1"},
		{`SELECT * FROM devices.jobs`, "deviceJob", "device1 device2"},
		{`select * from devices where capabilities.iotEdge = true`, "twin", "device1"},
		{`select deviceId from devices where array_contains(parentScopes, 's')`, "raw", `{"deviceId":"device2"}`},
		{`select deviceId from devices.modules where moduleId = '$edgeAgent' and configurations.[[c12]].status = 'Applied' and properties.desired.$version = properties.reported.lastDesiredVersion`, "raw", `{"deviceId":"device1"}`},
		{`select deviceId from devices where configurations.[[c12]].status = 'Applied'`, "raw", `{"deviceId":"device1"}`},
		{`select deviceId from devices where tags.a='b'`, "raw", `{"deviceId":"device1"}`},
		{`SELECT * FROM devices WHERE STARTSWITH(devices.deviceId,'p')`, "twin", "p-3 p-4"},
		{`SELECT * FROM devices WHERE STARTSWITH(id,'p')`, "twin", "p-3 p-4"},
		{`SELECT * FROM devices.modules WHERE devices.modules.deviceId = 'device3'`, "twin", "device3/m"},
		{`SELECT * FROM devices.modules WHERE devices.deviceId = 'device1'`, "twin", "device1/$edgeAgent device1/m"},
		{`SELECT tags.[[group]].name FROM devices WHERE is_defined(tags.[[group]])`, "raw", `{"name":"g"}`},
		{`SELECT * FROM devices WHERE lastActivityTime < '2020-01-01' AND lastActivityTime > '0002'`, "twin", "device1"},
		{`SELECT TOP 2 * FROM devices`, "twin", "device1 device2"},
		{`SELECT * FROM devices WHERE properties.reported.$metadata.connectivity.$lastUpdated >= '2020-01-01T00:00:00Z'`, "twin", "device1"},
		{`SELECT AVG(properties.reported.telemetryConfig.sendFrequencyInSecs), SUM(properties.reported.telemetryConfig.sendFrequencyInSecs), MIN(properties.reported.telemetryConfig.sendFrequencyInSecs) AS lo, MAX(properties.reported.telemetryConfig.sendFrequencyInSecs) AS [[hi there]] FROM devices`, "raw", `{"$1":60,"$2":180,"lo":30,"hi there":90}`},
	} {
		for n := 1; n <= 5; n++ {
			items, itemType := run(t, e, test.text, n)
			got := items
			if itemType != "raw" {
				got = ids(t, items)
			}
			if strings.Join(got, " ") != test.want || itemType != test.itemType {
				t.Errorf("%s in pages of %d: %s\n got %s\nwant %s", test.text, n, itemType, strings.Join(got, " "), test.want)
			}
		}
	}
}

func ids(t testing.TB, items []string) []string {
	t.Helper()
	ids := make([]string, len(items))
	for i, item := range items {
		var id struct{ DeviceID, ModuleID string }
		if err := json.Unmarshal([]byte(item), &id); err != nil {
			t.Fatal(err)
		}
		ids[i] = strings.TrimSuffix(id.DeviceID+"/"+id.ModuleID, "/")
	}
	return ids
}
