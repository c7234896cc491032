package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"hubscope/hub"
)

// ModuleTwin is the twin that was put there, or that of a new device.
func (r *registry) ModuleTwin(_ context.Context, deviceID, moduleID string) (hub.Twin, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.twins[deviceID+"/"+moduleID]; ok || r.err != nil {
		return t, r.err
	}
	const empty = `{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1}`
	return hub.Twin{
		DeviceID: deviceID, ModuleID: moduleID, ETag: "AAAAAAAAAAE=", Version: 2, Tags: json.RawMessage(`{}`),
		Desired: json.RawMessage(empty), Reported: json.RawMessage(empty), DesiredVersion: 1, ReportedVersion: 1,
	}, nil
}

// PatchModuleTwin refuses: what a hub does with a patch is tested with one.
func (r *registry) PatchModuleTwin(context.Context, string, string, hub.TwinUpdate) (hub.Twin, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return hub.Twin{}, cmp.Or(r.err, error(&hub.Error{Op: "update twin", Status: 429, Code: 429001, Name: "ThrottlingException", TrackingID: "T-429"}))
}

func stampAt(ago time.Duration, more string) string {
	return `{"$lastUpdated":"` + fixedNow.Add(-ago).Format(time.RFC3339Nano) + `"` + more + `}`
}

// windTwin is that of wind-1: something in step, something that differs, something that was never reported.
func windTwin(r *registry) {
	desired := `{"interval":30,"fan":{"on":true,"speed":3},"zone":"north","limits":[4,18.5],"$version":6,"$metadata":{"$lastUpdated":"` +
		fixedNow.Add(-12*time.Second).Format(time.RFC3339) + `","$lastUpdatedVersion":6,` +
		`"interval":` + stampAt(12*time.Second, `,"$lastUpdatedVersion":6`) + `,` +
		`"fan":{"$lastUpdated":"` + fixedNow.Add(-time.Hour).Format(time.RFC3339) + `","$lastUpdatedVersion":4,"on":` + stampAt(time.Hour, `,"$lastUpdatedVersion":4`) + `,"speed":` + stampAt(2*time.Hour, `,"$lastUpdatedVersion":3`) + `},` +
		`"zone":` + stampAt(50*time.Hour, `,"$lastUpdatedVersion":2`) + `,"limits":` + stampAt(50*time.Hour, `,"$lastUpdatedVersion":2`) + `}}`
	reported := `{"interval":60,"fan":{"on":true,"speed":{"value":3,"ac":200,"av":3}},"limits":[4,18.50],"firmware":"2.11.4","uptime":93021,"$version":128,"$metadata":{"$lastUpdated":"` +
		fixedNow.Add(-time.Second).Format(time.RFC3339) + `","interval":` + stampAt(3*time.Minute, "") + `,"fan":{"$lastUpdated":"` + fixedNow.Add(-time.Hour).Format(time.RFC3339) + `","on":` + stampAt(time.Hour, "") + `,"speed":` + stampAt(2*time.Hour, "") + `},"limits":` + stampAt(50*time.Hour, "") + `,"firmware":` + stampAt(90*24*time.Hour, "") + `,"uptime":` + stampAt(time.Second, "") + `}}`
	r.mu.Lock()
	defer r.mu.Unlock()
	r.twins = map[string]hub.Twin{"wind-1/": {
		DeviceID: "wind-1", ETag: "AAAAAAAAAAw=", Version: 14, ConnectionState: hub.Connected, Status: hub.Enabled,
		Tags:    json.RawMessage(`{"site":{"name":"Uetliberg","floor":2},"owner":"ops"}`),
		Desired: json.RawMessage(desired), Reported: json.RawMessage(reported), DesiredVersion: 6, ReportedVersion: 128,
	}}
}
