package device_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// The tests in this file use the real local hub over TLS.

func create(t testing.TB, h *localhub.Hub, id string) connstr.Device {
	t.Helper()
	s := station.On(t, h)
	return s.ConnectionString(s.Device(id))
}

func options(h *localhub.Hub) device.Options {
	return device.Options{MQTTAddr: h.Target().MQTTAddr, TLS: h.Target().TLS}
}

func connect(t testing.TB, cs connstr.Device, o device.Options) *device.Client {
	t.Helper()
	c, err := device.New(cs, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = c.Close(ctx)
	})
	if err := c.Connect(context.Background()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTelemetryIntoTheLocalHub(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	cs := create(t, h, "dev-1")
	c := connect(t, cs, options(h))
	const n = 500
	var receipts []*device.Receipt
	for i := range n {
		r, err := c.Send(device.Message{
			MessageID: fmt.Sprint("m", i), CorrelationID: "c/+#", ContentType: "application/json", ContentEncoding: "utf-8",
			Properties: []device.Property{{Key: "a b", Value: "ü&="}, {Key: "empty", Value: ""}}, Text: `{"n":1}`,
		})
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, r)
	}
	for _, r := range receipts {
		<-r.Done()
		if r.Err() != nil || r.RoundTrip() <= 0 || r.Sends() != 1 {
			t.Fatalf("message %s: %v, %v, sent %d times", r.MessageID, r.Err(), r.RoundTrip(), r.Sends())
		}
	}
}

func TestWhoTheLocalHubLetsIn(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	cs := create(t, h, "dev-1")
	disabled := create(t, h, "old")
	client := station.On(t, h).Service
	d, err := client.Device(t.Context(), "old")
	if err != nil {
		t.Fatal(err)
	}
	d.Status = "disabled"
	if _, err := client.UpdateDevice(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	service := h.Target().Service
	withToken := func(key secret.Text, policy string, expiry time.Duration) connstr.Device {
		token, err := sas.IoTHub(cs.HostName+"/devices/dev-1", key, policy, time.Now().Add(expiry))
		if err != nil {
			t.Fatal(err)
		}
		return connstr.Device{HostName: cs.HostName, DeviceID: "dev-1", Token: token}
	}
	other := cs
	other.Key = secret.New("b3RoZXIga2V5IG90aGVyIGtleSBvdGhlciBrZXkgMTI=")
	unknown := cs
	unknown.DeviceID = "nobody"
	byPolicy := connstr.Device{HostName: cs.HostName, DeviceID: "dev-1", PolicyName: service.PolicyName, Key: service.Key}
	cases := []struct {
		name string
		cs   connstr.Device
		want error
	}{
		{"own key", cs, nil},
		{"policy key", byPolicy, nil},
		{"ready token", withToken(cs.Key, "", time.Hour), nil},
		{"wrong key", other, device.ErrUnauthorized},
		{"token that ended", withToken(cs.Key, "", -time.Hour), device.ErrUnauthorized},
		{"disabled device", disabled, device.ErrUnauthorized},
		{"unknown device", unknown, device.ErrUnauthorized},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c, err := device.New(tc.cs, options(h))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close(context.Background()) }()
			if err := c.Connect(t.Context()); !errors.Is(err, tc.want) {
				t.Errorf("error = %v, want %v", err, tc.want)
			}
		})
	}
}

// TestHubRestart stops the hub in mid-run and starts it again on the same state and port.
func TestHubRestart(t *testing.T) {
	dir := t.TempDir()
	h := station.StartHub(t, localhub.Options{StateDir: dir})
	cs := create(t, h, "dev-1")
	o := options(h)
	o.MessageTimeout = time.Minute
	c := connect(t, cs, o)
	send := func(n int) (receipts []*device.Receipt) {
		for range n {
			r, err := c.Send(device.Message{Text: "x"})
			if err != nil {
				t.Fatal(err)
			}
			receipts = append(receipts, r)
		}
		return receipts
	}
	receipts := send(200)
	<-receipts[50].Done()
	station.CloseHub(t, h)
	receipts = append(receipts, send(100)...)
	port := portOf(t, o.MQTTAddr)
	_ = station.StartHub(t, localhub.Options{StateDir: dir, MQTTPort: port})
	for i, r := range receipts {
		<-r.Done()
		if r.Err() != nil {
			t.Fatalf("message %d: %v", i, r.Err())
		}
	}
}

// TestTokenRenewalAtTheLocalHub renews some tokens for real, under load. On a slow machine a token this
// short may end before its renewal, and the hub cuts the connection; the messages do not care.
func TestTokenRenewalAtTheLocalHub(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	cs := create(t, h, "dev-1")
	o := options(h)
	o.TokenLifetime = 2 * time.Second
	connections := make(chan struct{}, 100)
	o.OnState = func(st device.State) {
		if device.Lasting(st.Err) {
			t.Errorf("state %+v", st)
		}
		if st.Phase == device.Connected {
			connections <- struct{}{}
		}
	}
	c := connect(t, cs, o)
	for made := 0; made < 3; {
		r, err := c.Send(device.Message{Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-r.Done():
			if r.Err() != nil {
				t.Fatal(r.Err())
			}
		case <-connections:
			made++
		}
	}
}

// TestTakeOver: the hub lets a second connection of the same identity throw off the first.
func TestTakeOver(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	cs := create(t, h, "dev-1")
	lost := make(chan device.State, 100)
	o := options(h)
	o.OnState = func(st device.State) {
		if st.RetryIn > 0 {
			lost <- st
		}
	}
	first := connect(t, cs, o)
	second := connect(t, cs, options(h))
	st := <-lost
	if !errors.Is(st.Err, device.ErrNetwork) || st.Attempt != 1 {
		t.Errorf("state %+v", st)
	}
	for _, c := range []*device.Client{first, second} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
		cancel()
	}
}

// TestTwoThatFight: clients of one identity throw each other off until one of them suspects it.
func TestTwoThatFight(t *testing.T) {
	h := station.StartHub(t, localhub.Options{})
	cs := create(t, h, "dev-1")
	suspected := make(chan struct{}, 100)
	o := options(h)
	o.Backoff = device.Backoff{Min: time.Millisecond, Max: 10 * time.Millisecond}
	o.OnState = func(st device.State) {
		if errors.Is(st.Err, device.ErrTakenOver) {
			suspected <- struct{}{}
		}
	}
	_, _ = connect(t, cs, o), connect(t, cs, o)
	<-suspected
}

func portOf(t *testing.T, addr string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
