package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/events"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
	"hubscope/ui/monitor"
)

var (
	fixedNow  = time.Date(2026, 11, 22, 14, 3, 21, 400e6, time.UTC)
	fixedZone = time.FixedZone("CET", 3600)
)

// clock is one that tests turn themselves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// registry keeps device identities in memory, as a hub would.
type registry struct {
	mu         sync.Mutex
	clock      *clock
	devices    map[string]hub.Device
	modules    map[string]map[string]hub.Module
	twins      map[string]hub.Twin // by device/module
	err        error               // of every call, while set
	noChanges  error               // of changes of identities
	noQueries  error               // of queries
	mostListed int                 // refuses larger pages; 0: none
	calls      int
}

func newRegistry(c *clock, devices ...hub.Device) *registry {
	r := &registry{clock: c, devices: map[string]hub.Device{}}
	for _, d := range devices {
		r.devices[d.DeviceID] = d
	}
	return r
}

func (r *registry) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

func (r *registry) CreateDevice(_ context.Context, d hub.Device) (hub.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return hub.Device{}, r.err
	}
	if _, ok := r.devices[d.DeviceID]; ok {
		return hub.Device{}, &hub.Error{Op: "create device", Status: 409, Code: 409001, Name: "DeviceAlreadyExists", TrackingID: "T-409"}
	}
	d = identityOf(d.DeviceID)
	r.devices[d.DeviceID] = d
	return d, nil
}

func (r *registry) Device(_ context.Context, id string) (hub.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return hub.Device{}, r.err
	}
	d, ok := r.devices[id]
	if !ok {
		return hub.Device{}, &hub.Error{Op: "get device", Status: 404, Code: 404001, Name: "DeviceNotFound"}
	}
	return d, nil
}

func (r *registry) Identities(_ context.Context, limit int) ([]hub.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]hub.Device, 0, len(r.devices))
	for _, d := range r.devices {
		out = append(out, d)
	}
	return out[:min(limit, len(out))], r.err
}

func (r *registry) Bulk(_ context.Context, changes []hub.Change) (hub.BulkResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return hub.BulkResult{}, r.err
	}
	if r.noChanges != nil {
		return hub.BulkResult{}, r.noChanges
	}
	var result hub.BulkResult
	for _, c := range changes {
		id := c.Device.DeviceID
		switch {
		case c.Mode == hub.BulkDeleteIfMatchETag && r.devices[id].ETag != c.Device.ETag:
			result.Errors = append(result.Errors, hub.BulkError{DeviceID: id, Name: "PreconditionFailed", Message: "Precondition failed"})
		case c.Mode == hub.BulkDelete || c.Mode == hub.BulkDeleteIfMatchETag:
			delete(r.devices, id)
		default:
			r.devices[id] = identityOf(id)
		}
	}
	return result, nil
}

// Query finds the devices whose ids are in the text.
func (r *registry) Query(_ context.Context, text string, _ int, _ string) (hub.Page, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found hub.Page
	if strings.Contains(text, "COUNT()") {
		found.Items = []json.RawMessage{[]byte(`{"status":"enabled","site":"north","n":1204}`), []byte(`{"status":"disabled","site":{"floor":[1,2]},"n":7,"note":"\u001b[31mred"}`)}
		return found, r.err
	}
	for _, id := range slices.Sorted(maps.Keys(r.devices)) {
		if text == "SELECT * FROM devices" {
			found.Items = append(found.Items, fmt.Appendf(nil, `{"deviceId":%q,"tags":{"site":"north","floor":%d},"properties":{"reported":{"firmware":{"version":"1.4"}}}}`, id, len(id)))
		}
		if strings.Contains(text, id) {
			found.Items = append(found.Items, fmt.Appendf(nil, `{"deviceId":%q}`, id))
		}
	}
	return found, r.err
}

func (r *registry) DeleteDevice(_ context.Context, id, _ string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := cmp.Or(r.err, r.noChanges); err != nil {
		return err
	}
	delete(r.devices, id)
	return nil
}

// begins is all of the query language that this registry knows: the ids that begin with the text in quotes.
func begins(id, where string) bool {
	_, rest, quoted := strings.Cut(where, "'")
	prefix, _, _ := strings.Cut(rest, "'")
	return !quoted || strings.HasPrefix(id, prefix)
}

func (r *registry) List(_ context.Context, l hub.Listing) ([]hub.Listed, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	if err := cmp.Or(r.err, r.noQueries); err != nil {
		return nil, "", err
	}
	if r.mostListed > 0 && l.Page > r.mostListed {
		return nil, "", &hub.Error{Op: "list devices", Status: 400, Code: 400004, Name: "ArgumentInvalid"}
	}
	ids := make([]string, 0, len(r.devices))
	for id := range r.devices {
		if id > l.Continuation && (len(l.IDs) == 0 || slices.Contains(l.IDs, id)) && begins(id, l.Where) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	next := ""
	if len(ids) > l.Page {
		ids = ids[:l.Page]
		next = ids[l.Page-1]
	}
	out := make([]hub.Listed, len(ids))
	for i, id := range ids {
		d := r.devices[id]
		d.Auth.Primary, d.Auth.Secondary = secret.Text{}, secret.Text{}
		d.GenerationID, d.ConnectionStateUpdated = "", time.Time{}
		out[i].Device = d
		for _, path := range l.Paths {
			tag := gjson.GetBytes(d.Tags, strings.TrimPrefix(path, "tags."))
			out[i].Values = append(out[i].Values, json.RawMessage(tag.Raw))
		}
	}
	return out, next, nil
}

func (r *registry) RegistryStatistics(context.Context) (hub.RegistryStatistics, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, disabled := int64(len(r.devices)), int64(0)
	for _, d := range r.devices {
		if d.Status == hub.Disabled {
			disabled++
		}
	}
	return wire.RegistryStatistics{TotalDeviceCount: n, EnabledDeviceCount: n - disabled, DisabledDeviceCount: disabled}, r.err
}

func (r *registry) connect(id string, connected bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.devices[id]
	d.ConnectionState = hub.Disconnected
	if connected {
		d.ConnectionState = hub.Connected
		d.LastActivity = r.clock.Now()
	}
	d.ConnectionStateUpdated = r.clock.Now()
	r.devices[id] = d
}

// quietSource is a stream on which nothing arrives.
type quietSource struct{}

func (quietSource) Run(ctx context.Context, _ events.Sink) error {
	<-ctx.Done()
	return nil
}

func quietEvents(monitor.Reading) (monitor.Source, error) { return quietSource{}, nil }

const (
	primaryKey   = "cHJpbWFyeSBrZXkgb2YgYSBkZXZpY2UgaW4gYSB0ZXN0IQ=="
	secondaryKey = "c2Vjb25kYXJ5IGtleSBvZiBhIGRldmljZSBpbiBhIHRlc3Q="
)

func identityOf(id string) hub.Device {
	return hub.Device{
		DeviceID: id, GenerationID: "637194821937465210", ETag: "MjU2NzEzMTY0",
		Status: hub.Enabled, ConnectionState: hub.Disconnected,
		Auth: hub.Authentication{Type: hub.AuthSAS, Primary: secret.New(primaryKey), Secondary: secret.New(secondaryKey)},
	}
}

// fourDevices are those of the drawing in the design.
func fourDevices() []hub.Device {
	wind1, wind2, pump, old := identityOf("wind-1"), identityOf("wind-2"), identityOf("pump-7"), identityOf("old-gateway")
	for _, d := range []*hub.Device{&wind1, &wind2} {
		d.ConnectionState = hub.Connected
		d.ConnectionStateUpdated = fixedNow.Add(-70 * time.Second)
		d.LastActivity = fixedNow.Add(-1500 * time.Millisecond)
	}
	pump.LastActivity, pump.C2DCount = fixedNow.Add(-3*time.Hour), 2
	old.Status, old.StatusReason = hub.Disabled, "decommissioned"
	return []hub.Device{wind1, wind2, pump, old}
}

func manyDevices(n int) []hub.Device {
	out := make([]hub.Device, n)
	for i := range out {
		out[i] = identityOf(fmt.Sprintf("pump-%03d", i+1))
		out[i].LastActivity = fixedNow.Add(-time.Duration(i) * time.Minute)
	}
	return out
}

func services(r *registry, f *fleet) Services {
	return Services{
		Registry: r, Messages: r, Fleet: f, Events: quietEvents, DataDir: "/srv/hubscope",
		Target: hub.Target{Local: true, Service: connstr.Service{
			HostName: "localhost:8443", PolicyName: "iothubowner", Key: secret.New(strings.Repeat("A", 43) + "="),
		}},
	}
}
