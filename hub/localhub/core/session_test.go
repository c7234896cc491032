package core

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/Azure/go-amqp"

	"hubscope/hub/wire"
)

func TestSendIsReadBack(t *testing.T) {
	h := openHub(t, Options{Partitions: 2})
	d := createDevice(t, h, "wind-1")
	s := connect(t, h, "wind-1", nil)
	for i := range 3 {
		send(t, s, Message{MessageID: fmt.Sprint("message_", i), Body: []byte(fmt.Sprint("body ", i))})
	}
	for i, record := range read(t, h, partitionOf("wind-1", 2), Position{Kind: Earliest}, 3) {
		var m amqp.Message
		if err := m.UnmarshalBinary(record.Payload); err != nil {
			t.Fatal(err)
		}
		if got, want := string(m.GetData()), fmt.Sprint("body ", i); got != want {
			t.Errorf("body = %q, want %q", got, want)
		}
		if m.Annotations["x-opt-sequence-number"] != int64(i) || record.Sequence != int64(i) || m.Annotations["x-opt-offset"] != record.Offset {
			t.Errorf("record %d has annotations %v", i, m.Annotations)
		}
		if m.Annotations["iothub-connection-auth-generation-id"] != d.GenerationID || m.Annotations["iothub-connection-device-id"] != "wind-1" {
			t.Errorf("origin = %v", m.Annotations)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*testing.T, *Hub)
		code int
	}{
		{"taken over", func(t *testing.T, h *Hub) { connect(t, h, "d", nil) }, CodeTakenOver},
		{"disabled", func(t *testing.T, h *Hub) {
			update(t, h, func(d *wire.Device) { d.Status = wire.Disabled })
		}, CodeDeviceDisabled},
		{"deleted", func(t *testing.T, h *Hub) {
			if err := h.DeleteDevice(t.Context(), "d", "*"); err != nil {
				t.Fatal(err)
			}
		}, CodeDeviceNotFound},
		{"key changed", func(t *testing.T, h *Hub) {
			update(t, h, func(d *wire.Device) { d.Authentication.SymmetricKey.SecondaryKey = newKey() })
		}, CodeUnauthorized},
		{"hub closed", func(t *testing.T, h *Hub) { h.sessions.close() }, CodeUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openHub(t, Options{})
			createDevice(t, h, "d")
			kicked := make(chan error, 1)
			s := connect(t, h, "d", func(err error) { kicked <- err })
			c.do(t, h)
			wantCode(t, <-kicked, c.code)
			wantCode(t, trySend(s, Message{}), c.code)
		})
	}
}

func update(t *testing.T, h *Hub, change func(*wire.Device)) {
	t.Helper()
	d, err := h.Device("d")
	if err != nil {
		t.Fatal(err)
	}
	change(&d)
	if _, err := h.UpdateDevice(t.Context(), d, d.ETag); err != nil {
		t.Fatal(err)
	}
}

// A change that leaves the credentials alone does not end the session, nor does
// one of the keys when the session came with a policy's token.
func TestSessionStays(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	s, err := h.Connect(t.Context(), SessionInfo{ID: ID{Device: "d"}, Principal: Principal{Policy: "device"}},
		func(err error) { t.Errorf("kicked: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	update(t, h, func(d *wire.Device) { d.StatusReason = "why" })
	update(t, h, func(d *wire.Device) { d.Authentication.SymmetricKey.PrimaryKey = newKey() })
	send(t, s, Message{Body: []byte("x")})
	s.Close()
	s.Close()
}

func TestConnectRefused(t *testing.T) {
	h := openHub(t, Options{})
	if _, err := h.CreateDevice(t.Context(), wire.Device{DeviceID: "off", Status: wire.Disabled}); err != nil {
		t.Fatal(err)
	}
	for id, code := range map[ID]int{
		{Device: "unknown"}:            CodeDeviceNotFound,
		{}:                             CodeDeviceNotFound,
		{Device: "off"}:                CodeDeviceDisabled,
		{Device: "off", Module: "mod"}: CodeModuleNotFound,
	} {
		_, err := h.Connect(t.Context(), SessionInfo{ID: id}, func(error) {})
		wantCode(t, err, code)
	}
}

func TestSendTooLarge(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	s := connect(t, h, "d", nil)
	m := Message{Properties: []Property{{Name: "k", Value: "v"}}, Body: make([]byte, MaxMessageSize-2)}
	send(t, s, m)
	m.Properties[0].Value = "vv"
	wantCode(t, trySend(s, m), CodeMessageTooLarge)
}

// Protocol 4.3.14.
func TestConnectionState(t *testing.T) {
	h := openHub(t, Options{})
	d := createDevice(t, h, "d")
	if d.ConnectionState != wire.Disconnected || !d.LastActivityTime.IsZero() {
		t.Errorf("new device: %v, last active %v", d.ConnectionState, d.LastActivityTime)
	}
	s := connect(t, h, "d", nil)
	d, _ = h.Device("d")
	if d.ConnectionState != wire.Connected || d.ConnectionStateUpdatedTime.IsZero() || h.ServiceStatistics().ConnectedDeviceCount != 1 {
		t.Errorf("connected device: %+v", d)
	}
	s.Close()
	d, _ = h.Device("d")
	if d.ConnectionState != wire.Disconnected || d.LastActivityTime.IsZero() || h.ServiceStatistics().ConnectedDeviceCount != 0 {
		t.Errorf("disconnected device: %+v", d)
	}
}

// Many goroutines fight for one identity: exactly one session is left, and all
// others have been told.
func TestTakeOverUnderLoad(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	const n = 50
	kicked := make(chan error, n)
	started := make(chan error, n)
	for range n {
		go func() {
			_, err := h.Connect(t.Context(), SessionInfo{ID: ID{Device: "d"}}, func(err error) { kicked <- err })
			started <- err
		}()
	}
	for range n {
		if err := <-started; err != nil {
			t.Error(err)
		}
	}
	for range n - 1 {
		if err := <-kicked; !errors.Is(err, &Error{Code: CodeTakenOver}) {
			t.Errorf("kicked with %v", err)
		}
	}
	if h.ServiceStatistics().ConnectedDeviceCount != 1 {
		t.Errorf("statistics = %+v", h.ServiceStatistics())
	}
}

func TestPartitionOfSpreads(t *testing.T) {
	const devices, partitions = 10_000, 4
	var counts [partitions]int
	for i := range devices {
		id := fmt.Sprint("wind-", i)
		p := partitionOf(id, partitions)
		if p != partitionOf(strings.Clone(id), partitions) {
			t.Fatalf("%s has no stable partition", id)
		}
		counts[p]++
	}
	for p, n := range counts {
		if n < devices/partitions*8/10 || n > devices/partitions*12/10 {
			t.Errorf("partition %d has %d of %d devices", p, n, devices)
		}
	}
}
