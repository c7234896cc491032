package mosquitto

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hubscope/hub/localhub/tlsca"
)

// BenchmarkTelemetry sends QoS 1 telemetry from 100 connections into the local hub, where it is durable before
// it is acknowledged, and into mosquitto, which keeps nothing, with the same load in the same run. The metric
// "of-mosquitto" is the ratio of the two rates; 0.5 is to be reached. Devices that wait for each
// acknowledgement before they send on show how long the disk takes, those that send on what the endpoint takes.
//
//	go test -run - -bench Telemetry -benchtime 3x ./hub/localhub/interop/mosquitto
func BenchmarkTelemetry(b *testing.B) {
	for _, pace := range []struct {
		name             string
		messages, window int
	}{
		{"one-at-a-time", 500, 1},
		{"pipelined", 2000, 100},
	} {
		b.Run(pace.name+"/plain", func(b *testing.B) {
			compare(b, nil, load{messages: pace.messages, window: pace.window})
		})
		b.Run(pace.name+"/tls", func(b *testing.B) {
			ca, err := tlsca.Open(b.TempDir(), []string{"localhost"})
			if err != nil {
				b.Fatal(err)
			}
			compare(b, ca, load{messages: pace.messages, window: pace.window})
		})
	}
}

const connections = 100

// telemetry is a body of a usual size.
var telemetry = []byte(`{"deviceId":"load-0","windSpeed":13.41,"temperature":21.7,"humidity":48.2,"at":"2026-11-22T14:03:20.112Z"}`)

// contestant is one of the two servers.
type contestant struct {
	name    string
	load    load
	elapsed time.Duration
}

func compare(b *testing.B, ca *tlsca.Authority, l load) {
	l.connections, l.body = connections, telemetry
	ours, theirs := localHub(b, ca, l), broker(b, ca, l)
	for b.Loop() {
		// By turns, so that whatever else the machine does meets both.
		ours.round(b)
		theirs.round(b)
	}
	total := float64(b.N * connections * l.messages)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(total/ours.elapsed.Seconds(), "hub-msg/s")
	b.ReportMetric(total/theirs.elapsed.Seconds(), "mosquitto-msg/s")
	b.ReportMetric(theirs.elapsed.Seconds()/ours.elapsed.Seconds(), "of-mosquitto")
}

// round connects, sends everything and takes the time until all of it is acknowledged.
func (c *contestant) round(b *testing.B) {
	senders, err := c.load.connect(b.Context())
	if err != nil {
		b.Fatalf("%s: %v", c.name, err)
	}
	defer closeAll(senders)
	start := time.Now()
	if err := c.load.run(senders); err != nil {
		b.Fatalf("%s: %v", c.name, err)
	}
	c.elapsed += time.Since(start)
}

func localHub(b *testing.B, ca *tlsca.Authority, load load) *contestant {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().String()
	if ca != nil {
		l = tls.NewListener(l, ca.ServerConfig())
	}
	s := startEndpoint(b, l)
	clients := make([]client, connections)
	for i := range clients {
		clients[i] = s.client(b, i)
	}
	b.Cleanup(func() {
		if got, want := s.stored(b), int64(b.N*connections*load.messages); got < want {
			b.Errorf("%d events are in the log, %d were acknowledged", got, want)
		}
	})
	load.dial = dialer(addr, ca)
	load.client = func(i int) client { return clients[i] }
	return &contestant{name: "local hub", load: load}
}

func broker(b *testing.B, ca *tlsca.Authority, load load) *contestant {
	addr := freeAddress(b)
	startBroker(b, addr, configuration(b, addr, ca))
	load.dial = dialer(addr, ca)
	load.client = func(i int) client {
		return client{id: fmt.Sprint("load-", i), topic: fmt.Sprintf("devices/load-%d/messages/events/", i)}
	}
	return &contestant{name: "mosquitto", load: load}
}

// dialer connects to addr, over TLS when there is an authority.
func dialer(addr string, ca *tlsca.Authority) func(context.Context) (net.Conn, error) {
	if ca == nil {
		return func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", addr) }
	}
	trust := ca.ClientConfig()
	trust.ServerName = "localhost"
	return func(ctx context.Context) (net.Conn, error) {
		return (&tls.Dialer{Config: trust}).DialContext(ctx, "tcp", addr)
	}
}

// configuration of mosquitto: everybody may publish, nothing is kept, no message waits or is held back.
func configuration(b *testing.B, addr string, ca *tlsca.Authority) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		b.Fatal(err)
	}
	text := fmt.Sprintf("listener %s %s\nallow_anonymous true\npersistence false\nmax_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\nlog_type error\n", port, host)
	if os.Geteuid() == 0 {
		text += "user root\n" // mosquitto would give up its rights and then not be able to read the key
	}
	if ca == nil {
		return text
	}
	certificate, key := serverFiles(ca)
	return text + fmt.Sprintf("certfile %s\nkeyfile %s\n", certificate, key)
}

// serverFiles are the certificate and the key of the hub's own TLS.
func serverFiles(ca *tlsca.Authority) (certificate, key string) {
	dir := filepath.Dir(ca.CAFile())
	return filepath.Join(dir, "server.pem"), filepath.Join(dir, "server-key.pem")
}
