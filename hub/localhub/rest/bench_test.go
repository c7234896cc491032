package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"hubscope/hub"
)

// BenchmarkDevice reads one identity, and BenchmarkPage lists 1000, through the
// client and the hub. The reference in the same run is the same client on a bare
// TLS server that has the answer ready: of-bare 1.0 would mean that registry,
// token check and encoding cost nothing.
func BenchmarkDevice(b *testing.B) {
	f := start(b)
	f.create(b, "d")
	compare(b, f, "/devices/d", func(ctx context.Context, c *hub.Client) error {
		_, err := c.Device(ctx, "d")
		return err
	})
}

func BenchmarkPage(b *testing.B) {
	f := start(b)
	f.create(b, numbered(1000)...)
	compare(b, f, "", func(ctx context.Context, c *hub.Client) error {
		_, _, err := c.Devices(ctx, 1000, "")
		return err
	})
}

func compare(b *testing.B, f *fixture, path string, call func(context.Context, *hub.Client) error) {
	ready := request{method: http.MethodGet, path: path}
	if path == "" {
		ready = request{method: http.MethodPost, path: "/devices/query", body: `{"query":"SELECT * FROM devices"}`, header: http.Header{"x-ms-max-item-count": {"1000"}}}
	}
	answer := []byte(f.do(b, ready).body)
	bare := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) }))
	defer bare.Close()
	target := f.target
	target.HTTPSAddr = bare.Listener.Addr().String()
	target.Service.HostName = "example.com"
	target.TLS = bare.Client().Transport.(*http.Transport).TLSClientConfig
	reference, err := hub.New(hub.Options{Target: target})
	if err != nil {
		b.Fatal(err)
	}
	defer reference.Close()
	client := f.client(b, "iothubowner")

	var ours, theirs time.Duration
	timed := func(into *time.Duration, c *hub.Client) {
		began := time.Now()
		if err := call(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		*into += time.Since(began)
	}
	for b.Loop() { // by turns, so that both see the same machine
		timed(&ours, client)
		timed(&theirs, reference)
	}
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "µs/call")
	b.ReportMetric(float64(theirs)/float64(ours), "of-bare")
}
