package device_test

import (
	"context"
	"fmt"
	"testing"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/secret"
)

// BenchmarkStart connects devices with keys over TLS, all at once, to a hub on the same processors, and reports how
// long that takes for a thousand. The figure to reach is 10 s.
func BenchmarkStart(b *testing.B) {
	const devices = 1000
	h := station.StartHub(b, localhub.Options{})
	all := createMany(b, h, devices)
	for name, o := range map[string]device.Options{"TLS": options(h), "WebSocket": overWebSocket(h)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				start(b, all, o)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/1000")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// start connects the devices; closing them is not part of the measurement.
func start(b *testing.B, all []connstr.Device, o device.Options) {
	connected := make(chan struct{}, len(all))
	o.OnState = func(st device.State) {
		if st.Phase == device.Connected {
			connected <- struct{}{}
		}
		if st.Err != nil {
			b.Error(st.Err)
		}
	}
	clients := make([]*device.Client, len(all))
	for i, cs := range all {
		c, err := device.New(cs, o)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		clients[i] = c
	}
	for range all {
		<-connected
	}
	b.StopTimer()
	defer b.StartTimer()
	for _, c := range clients {
		_ = c.Close(context.Background())
	}
}

// createMany makes devices, a hundred a call.
func createMany(b *testing.B, h *localhub.Hub, n int) []connstr.Device {
	b.Helper()
	s := station.On(b, h)
	key := secret.New("c2VjcmV0IGtleSBvZiBhIHRob3VzYW5kIGRldmljZXM=")
	all := make([]connstr.Device, 0, n)
	for len(all) < n {
		batch := make([]hub.Change, min(hub.MaxBulk, n-len(all)))
		for i := range batch {
			id := fmt.Sprint("d", len(all))
			batch[i] = hub.Change{Mode: hub.BulkCreate, Device: hub.Device{
				DeviceID: id, Auth: hub.Authentication{Type: hub.AuthSAS, Primary: key, Secondary: key},
			}}
			all = append(all, h.Target().Service.ForDevice(id, key))
		}
		if result, err := s.Service.Bulk(b.Context(), batch); err != nil || !result.OK() {
			b.Fatal(err, result.Errors)
		}
	}
	return all
}
