package core

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"hubscope/hub/sas"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

func createModule(t testing.TB, h *Hub, device, module string) wire.Module {
	t.Helper()
	m, err := h.CreateModule(t.Context(), wire.Module{DeviceID: device, ModuleID: module})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// protocol 2.2, 2.4.
func TestModules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	h := openHubAt(t, path, Options{})
	for _, id := range []string{"d", "d1", "d-"} {
		createDevice(t, h, id)
		createModule(t, h, id, "m2")
	}
	m := createModule(t, h, "d", "m1")
	if m.ManagedBy != nil || m.ConnectionState != wire.Disconnected || m.Authentication.SymmetricKey.PrimaryKey == "" || m.GenerationID == "" {
		t.Errorf("module = %+v", m)
	}
	_, err := h.CreateModule(t.Context(), wire.Module{DeviceID: "d", ModuleID: "m1"})
	wantCode(t, err, CodeModuleExists)
	_, err = h.CreateModule(t.Context(), wire.Module{DeviceID: "x", ModuleID: "m1"})
	wantCode(t, err, CodeDeviceNotFound)
	_, err = h.CreateModule(t.Context(), wire.Module{DeviceID: "d", ModuleID: "a/b"})
	wantCode(t, err, CodeArgumentInvalid)

	edge := "IotEdge"
	changed, err := h.UpdateModule(t.Context(), wire.Module{DeviceID: "d", ModuleID: "m1", ManagedBy: &edge}, m.ETag)
	if err != nil || *changed.ManagedBy != edge || changed.ETag == m.ETag || *changed.Authentication.SymmetricKey != *m.Authentication.SymmetricKey {
		t.Errorf("changed = %+v, %v", changed, err)
	}
	_, err = h.UpdateModule(t.Context(), wire.Module{DeviceID: "d", ModuleID: "m1"}, m.ETag)
	wantCode(t, err, CodePrecondition)
	_, err = h.UpdateModule(t.Context(), wire.Module{DeviceID: "d", ModuleID: "none"}, "")
	wantCode(t, err, CodeModuleNotFound)

	closeHub(t, h)
	h = openHubAt(t, path, Options{})
	all, err := h.Modules("d")
	if err != nil || len(all) != 2 || all[0].ModuleID != "m1" || all[1].ModuleID != "m2" || *all[0].ManagedBy != edge {
		t.Errorf("modules = %+v, %v", all, err)
	}
	wantCode(t, h.DeleteModule(t.Context(), ID{Device: "d", Module: "m1"}, m.ETag), CodePrecondition)
	if err := h.DeleteModule(t.Context(), ID{Device: "d", Module: "m1"}, "*"); err != nil {
		t.Fatal(err)
	}
	_, err = h.Module(ID{Device: "d", Module: "m1"})
	wantCode(t, err, CodeModuleNotFound)
	_, err = h.Modules("x")
	wantCode(t, err, CodeDeviceNotFound)
	if n := h.RegistryStatistics().TotalDeviceCount; n != 3 {
		t.Errorf("%d devices", n)
	}
}

// protocol 9: 50 modules a device; the system modules of IoT Edge are among
// them.
// Protocol 9.4.
func TestModuleLimit(t *testing.T) {
	h := openHub(t, Options{})
	if _, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "d", Capabilities: &wire.Capabilities{IoTEdge: true}}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, h.DeleteModule(t.Context(), ID{Device: "d", Module: "$edgeHub"}, "*"), CodeSystemModule)
	for i := range maxModules - 2 {
		createModule(t, h, "d", fmt.Sprint("m", i))
	}
	_, err := h.CreateModule(t.Context(), wire.Module{DeviceID: "d", ModuleID: "more"})
	wantCode(t, err, CodeTooManyModules)
}

// Twins, queues, methods and sessions of a module are its own (protocol 2.5.13).
func TestModuleIsSeparate(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	m := createModule(t, h, "d", "m")
	id := ID{Device: "d", Module: "m"}
	token, err := sas.IoTHub("localhost/devices/d/modules/m", secret.New(m.Authentication.SymmetricKey.PrimaryKey), "", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.Authenticate(token.Reveal())
	if err != nil || p.ID != id || p.AuthMethod != authMethodModule || !p.Allows(DeviceConnect, "devices/d/modules/m/messages/events") || p.Allows(DeviceConnect, "devices/d/messages/events") {
		t.Errorf("principal = %+v, %v", p, err)
	}
	twin, err := h.PatchTwin(t.Context(), id, desired(`{"a":1}`), "AAAAAAAAAAE=")
	if err != nil || twin.ModuleID != "m" || twin.Version != 3 || twin.DeviceETag != m.ETag {
		t.Errorf("twin = %+v, %v", twin, err)
	}
	if device, _ := h.Twin(ID{Device: "d"}); device.Version != 2 {
		t.Error("the device's twin changed")
	}
	if err := h.SendC2D(t.Context(), id, C2DMessage{Body: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	if device, _ := h.Device("d"); device.CloudToDeviceMessageCount != 0 {
		t.Error("the device has the module's message")
	}
	if m, _ := h.Module(id); m.CloudToDeviceMessageCount != 1 {
		t.Errorf("module = %+v", m)
	}
	if got := lockModule(t, h, id); got.Message.To != "/devices/d/modules/m/messages/devicebound" {
		t.Errorf("to = %s", got.Message.To)
	}
	s, err := h.Connect(t.Context(), SessionInfo{ID: id, Principal: p}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	s.OnMethod(func(r MethodRequest) { _ = s.AnswerMethod(r.RequestID, 200, nil) })
	if _, err := h.InvokeMethod(t.Context(), id, MethodCall{Name: "m"}); err != nil {
		t.Error(err)
	}
	s.Close()
	m, _ = h.Module(id)
	d, _ := h.Device("d")
	if m.LastActivityTime.IsZero() || !d.LastActivityTime.IsZero() || h.ServiceStatistics().ConnectedDeviceCount != 0 {
		t.Errorf("last active: module %v, device %v", m.LastActivityTime, d.LastActivityTime)
	}
}

func lockModule(t testing.TB, h *Hub, id ID) Delivery {
	t.Helper()
	d, ok, err := h.LockC2D(id)
	if err != nil || !ok {
		t.Fatalf("nothing to lock: %v", err)
	}
	return d
}

// A device takes its modules with it, and their sessions.
func TestDeviceEndsModules(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*testing.T, *Hub) error
		code int
	}{
		"deleted": {func(t *testing.T, h *Hub) error { return h.DeleteDevice(t.Context(), "d", "") }, CodeModuleNotFound},
		"disabled": {func(t *testing.T, h *Hub) error {
			_, err := h.UpdateDevice(t.Context(), wire.Device{DeviceID: "d", Status: wire.Disabled}, "")
			return err
		}, CodeDeviceDisabled},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHub(t, Options{})
			createDevice(t, h, "d")
			createModule(t, h, "d", "m")
			id := ID{Device: "d", Module: "m"}
			if err := h.SendC2D(t.Context(), id, C2DMessage{}); err != nil {
				t.Fatal(err)
			}
			kicked := make(chan error, 1)
			if _, err := h.Connect(t.Context(), SessionInfo{ID: id}, func(err error) { kicked <- err }); err != nil {
				t.Fatal(err)
			}
			if err := c.do(t, h); err != nil {
				t.Fatal(err)
			}
			wantCode(t, <-kicked, c.code)
			if name == "disabled" {
				_, err := h.Connect(t.Context(), SessionInfo{ID: id}, func(error) {})
				wantCode(t, err, CodeDeviceDisabled)
				return
			}
			createDevice(t, h, "d")
			if all, err := h.Modules("d"); err != nil || len(all) != 0 {
				t.Errorf("modules of the new device: %+v, %v", all, err)
			}
			if m := createModule(t, h, "d", "m"); m.CloudToDeviceMessageCount != 0 {
				t.Error("the new module has a message of the old one")
			}
		})
	}
}

func TestModuleTwins(t *testing.T) {
	h := openHub(t, Options{})
	var want []ID
	for _, d := range []string{"a", "a-", "ab"} {
		createDevice(t, h, d)
		for _, m := range []string{"x", "xy"} {
			createModule(t, h, d, m)
			want = append(want, ID{Device: d, Module: m})
		}
	}
	for size := 1; size < 8; size++ {
		var got []ID
		for after, pages := (ID{}), 0; pages < 10; pages++ {
			twins, next, err := h.ModuleTwins(after, size)
			if err != nil {
				t.Fatal(err)
			}
			for _, twin := range twins {
				got = append(got, ID{Device: twin.DeviceID, Module: twin.ModuleID})
			}
			if after = next; next == (ID{}) {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("pages of %d: %v, want %v", size, got, want)
		}
	}
}
