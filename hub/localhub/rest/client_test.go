package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/secret"
)

// The service client against the hub over TLS: a device's life.
func TestClientManagesDevices(t *testing.T) {
	f := start(t)
	c := f.client(t, "iothubowner")
	ctx := t.Context()

	created, err := c.CreateDevice(ctx, hub.Device{DeviceID: "wind-1"})
	if err != nil {
		t.Fatal(err)
	}
	if created.Auth.Primary.IsZero() || created.Auth.Primary == created.Auth.Secondary || created.ETag == "" || created.GenerationID == "" || created.Status != hub.Enabled || created.Connected() {
		t.Errorf("created %+v", created)
	}
	if !created.LastActivity.IsZero() {
		t.Errorf("last activity %v, want never", created.LastActivity)
	}
	if _, err := c.CreateDevice(ctx, hub.Device{DeviceID: "wind-1"}); !errors.Is(err, hub.ErrConflict) {
		t.Errorf("second create: %v", err)
	}

	read, err := c.Device(ctx, "wind-1")
	if err != nil || fmt.Sprint(read) != fmt.Sprint(created) || read.Auth != created.Auth {
		t.Errorf("read %+v, %v", read, err)
	}

	read.Status, read.StatusReason = hub.Disabled, "under repair"
	updated, err := c.UpdateDevice(ctx, read)
	if err != nil || updated.Status != hub.Disabled || updated.StatusReason != "under repair" || updated.Auth != created.Auth || updated.ETag == created.ETag || updated.StatusUpdated.IsZero() {
		t.Errorf("updated %+v, %v", updated, err)
	}
	if _, err := c.UpdateDevice(ctx, read); !errors.Is(err, hub.ErrPrecondition) {
		t.Errorf("update with the old etag: %v", err)
	}
	read.ETag = ""
	if _, err := c.UpdateDevice(ctx, read); err != nil {
		t.Errorf("unconditional update: %v", err)
	}

	if err := c.DeleteDevice(ctx, "wind-1", created.ETag); !errors.Is(err, hub.ErrPrecondition) {
		t.Errorf("delete with the old etag: %v", err)
	}
	if err := c.DeleteDevice(ctx, "wind-1", ""); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := c.Device(ctx, "wind-1"); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("read after delete: %v", err)
	}
}

func TestClientKeepsGivenCredentials(t *testing.T) {
	f := start(t)
	c := f.client(t, "registryReadWrite")
	const print = "0123456789ABCDEF0123456789ABCDEF01234567"
	for _, auth := range []hub.Authentication{
		{Type: hub.AuthSAS, Primary: secret.New("cHJpbWFyeS1wcmltYXJ5LTE="), Secondary: secret.New("c2Vjb25kYXJ5LXNlY29uZGFyeQ==")},
		{Type: hub.AuthSelfSigned, PrimaryThumbprint: print, SecondaryThumbprint: print},
		{Type: hub.AuthCA},
	} {
		id := "by-" + string(auth.Type)
		if _, err := c.CreateDevice(t.Context(), hub.Device{DeviceID: id, Auth: auth, IoTEdge: true}); err != nil {
			t.Fatal(err)
		}
		got, err := c.Device(t.Context(), id)
		if err != nil || got.Auth != auth || !got.IoTEdge || got.Scope == "" {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
}

func TestClientListsAllPages(t *testing.T) {
	f := start(t)
	ids := append(numbered(23), `-:.+%_#*?!(),=@;$'`)
	f.create(t, ids...)
	slices.Sort(ids)
	c := f.client(t, "service")
	var got []string
	pages, continuation := 0, ""
	for {
		devices, next, err := c.Devices(t.Context(), 10, continuation)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, d := range devices {
			got = append(got, d.DeviceID)
			if d.ETag == "" || d.Status != hub.Enabled || !d.Auth.Primary.IsZero() || d.Auth.Type != hub.AuthSAS || string(d.Tags) != "{}" {
				t.Errorf("listed %+v", d)
			}
		}
		if continuation = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, ids) || pages != 3 {
		t.Errorf("%d pages: %v", pages, got)
	}
	owner := f.client(t, "iothubowner")
	for _, id := range ids {
		if d, err := owner.Device(t.Context(), id); err != nil || d.DeviceID != id {
			t.Errorf("%s: %v", id, err)
		}
	}
	if s, err := owner.RegistryStatistics(t.Context()); err != nil || s.TotalDeviceCount != 24 || s.EnabledDeviceCount != 24 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := c.ServiceStatistics(t.Context()); err != nil || s.ConnectedDeviceCount != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

// An ETag from a list is good for an update: it is the identity's, not the twin's.
func TestClientUpdatesWhatItListed(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	c := f.client(t, "iothubowner")
	devices, _, err := c.Devices(t.Context(), 0, "")
	if err != nil || len(devices) != 1 {
		t.Fatal(devices, err)
	}
	full, err := c.Device(t.Context(), "d")
	if err != nil || full.ETag != devices[0].ETag {
		t.Errorf("listed etag %s, own %s, %v", devices[0].ETag, full.ETag, err)
	}
}

func TestClientExplainsRefusals(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	wrong := f.target
	wrong.Service = connstr.Service{HostName: "localhost", PolicyName: "iothubowner", Key: secret.New("d3JvbmcgIGtleQ==")}
	stranger, err := hub.New(hub.Options{Target: wrong})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	owner := f.client(t, "iothubowner")
	for _, c := range []struct {
		name     string
		call     func() error
		sentence string
	}{
		{"wrong key", func() error { _, _, err := stranger.Devices(t.Context(), 0, ""); return err }, "could not list devices: the hub refused the policy or its key"},
		{"no right", func() error {
			_, err := f.client(t, "registryRead").CreateDevice(t.Context(), hub.Device{DeviceID: "e"})
			return err
		}, `could not create device "e": the hub refused the policy or its key (Authorization rule 'registryRead'`},
		{"taken", func() error { _, err := owner.CreateDevice(t.Context(), hub.Device{DeviceID: "d"}); return err }, `could not create device "d": a device with this id exists already`},
		{"bad id", func() error { _, err := owner.CreateDevice(t.Context(), hub.Device{DeviceID: "a b"}); return err }, "a blank (position 2)"},
		{"unknown", func() error { return owner.DeleteDevice(t.Context(), "x", "") }, `could not delete device "x": there is no such device`},
		{"changed", func() error { return owner.DeleteDevice(t.Context(), "d", "b2xk") }, "changed by somebody else meanwhile"},
		{"bad query", func() error { _, err := owner.Query(t.Context(), "SELECT", 0, ""); return err }, "could not query: the hub did not accept the request"},
	} {
		err := c.call()
		var refusal *hub.Error
		if !errors.As(err, &refusal) || refusal.Code == 0 || !strings.Contains(refusal.TrackingID, "-TimeStamp:") {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		sentence, next := hub.Explain(err)
		if !strings.Contains(sentence, c.sentence) || next == "" {
			t.Errorf("%s: %q, %q", c.name, sentence, next)
		}
		if strings.Contains(sentence+err.Error(), "d3Jvbmcg") {
			t.Errorf("%s shows the key", c.name)
		}
	}
}

// What "hubscope hub" prints is enough to reach the hub, whatever its ports.
func TestTargetFromEnvReachesHub(t *testing.T) {
	f := start(t)
	_, port, err := net.SplitHostPort(f.addr)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		hub.EnvConnectionString: f.service(t, "iothubowner").Reveal(),
		hub.EnvHTTPSPort:        port, hub.EnvCAFile: f.caFile,
	}
	target, err := hub.TargetFromEnv(func(name string) string { return env[name] }, "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := hub.New(hub.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.RegistryStatistics(t.Context()); err != nil {
		t.Error(err)
	}
}

// The same with a hub name that only the certificate knows.
func TestTargetFromEnvReachesNamedHub(t *testing.T) {
	running, err := localhub.Start(t.Context(), localhub.Options{StateDir: t.TempDir(), Names: []string{"myhub.invalid"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = running.Close(context.Background()) }()
	env := map[string]string{}
	for _, v := range running.Environment() {
		env[v.Name] = v.Value
	}
	target, err := hub.TargetFromEnv(func(name string) string { return env[name] }, "")
	if err != nil {
		t.Fatal(err)
	}
	if target.Service.HostName != "myhub.invalid" || !target.Local {
		t.Errorf("target %+v", target)
	}
	c, err := hub.New(hub.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.CreateDevice(t.Context(), hub.Device{DeviceID: "d"}); err != nil {
		t.Error(err)
	}
}
