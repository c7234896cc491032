package device_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device"
	"hubscope/device/topic"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/sas"
)

// BenchmarkAgainstPaho sends QoS 1 telemetry as fast as it is confirmed, 1,000 messages in flight, by
// this package and by bare paho, to the same hub in the same run. "ratio" is our rate over paho's; the
// figure to reach is 0.9.
func BenchmarkAgainstPaho(b *testing.B) {
	b.Run("local hub", func(b *testing.B) {
		h := station.StartHub(b, localhub.Options{})
		compare(b, create(b, h, "ours"), create(b, h, "bare"), h.Target().MQTTAddr, h.Target().TLS)
	})
	b.Run("bare endpoint", func(b *testing.B) {
		h := station.StartHub(b, localhub.Options{}) // for its certificate only
		addr := bareEndpoint(b)
		compare(b, create(b, h, "ours"), create(b, h, "bare"), addr, &tls.Config{InsecureSkipVerify: true})
	})
}

const inFlight = 1000

var benchBody = []byte(`{"deviceId": "wind-1","windSpeed": 13.41}`)

func compare(b *testing.B, ours, bare connstr.Device, addr string, trust *tls.Config) {
	c := connect(b, ours, device.Options{MQTTAddr: addr, TLS: trust, QueueSize: 2 * inFlight, MessageTimeout: -1})
	p := pahoClient(b, bare, addr, trust)
	oursRate := rate(b.N, func() { sendOurs(b, c, b.N) })
	bareRate := rate(b.N, func() { sendBare(b, p, bare.DeviceID, b.N) })
	b.ReportMetric(oursRate, "ours/s")
	b.ReportMetric(bareRate, "paho/s")
	b.ReportMetric(oursRate/bareRate, "ratio")
	b.ReportMetric(0, "ns/op")
}

func rate(n int, do func()) float64 {
	began := time.Now()
	do()
	return float64(n) / time.Since(began).Seconds()
}

func benchMessage() device.Message {
	return device.Message{
		MessageID: "message_1", CorrelationID: "correlation_1", ContentType: "application/json", ContentEncoding: "utf-8",
		Properties: []device.Property{{Key: "Property", Value: "PropMsg_1"}}, Body: benchBody,
	}
}

func sendOurs(b *testing.B, c *device.Client, n int) {
	window := make(chan *device.Receipt, inFlight-1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for r := range window {
			<-r.Done()
			if r.Err() != nil {
				b.Error(r.Err())
			}
		}
	}()
	m := benchMessage()
	for range n {
		r, err := c.Send(m)
		if err != nil {
			b.Fatal(err)
		}
		window <- r
	}
	close(window)
	<-done
}

func sendBare(b *testing.B, p mqtt.Client, deviceID string, n int) {
	window := make(chan mqtt.Token, inFlight-1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for t := range window {
			if t.Wait() && t.Error() != nil {
				b.Error(t.Error())
			}
		}
	}()
	m := benchMessage()
	for range n {
		bag := topic.Bag{}
		bag.Add(topic.MessageID, m.MessageID)
		bag.Add(topic.CorrelationID, m.CorrelationID)
		bag.Add(topic.ContentType, m.ContentType)
		bag.Add(topic.ContentEncoding, m.ContentEncoding)
		bag.Add("Property", "PropMsg_1")
		window <- p.Publish(topic.Telemetry(deviceID, "", bag), 1, false, m.Body)
	}
	close(window)
	<-done
}

func pahoClient(b *testing.B, cs connstr.Device, addr string, trust *tls.Config) mqtt.Client {
	b.Helper()
	token, err := sas.IoTHub(cs.HostName+"/devices/"+cs.DeviceID, cs.Key, "", time.Now().Add(time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	config := trust.Clone()
	config.ServerName = "localhost"
	o := mqtt.NewClientOptions().AddBroker("tls://" + addr).SetClientID(cs.DeviceID).SetTLSConfig(config).
		SetUsername(topic.Username(cs.HostName, cs.DeviceID, "")).SetPassword(token.Reveal()).
		SetCleanSession(false).SetAutoReconnect(false)
	p := mqtt.NewClient(o)
	if t := p.Connect(); t.Wait() && t.Error() != nil {
		b.Fatal(t.Error())
	}
	b.Cleanup(func() { p.Disconnect(1000) })
	return p
}

// bareEndpoint confirms whatever comes, over TLS, as fast as it can.
func bareEndpoint(b *testing.B) string {
	b.Helper()
	borrowed := httptest.NewTLSServer(nil)
	certificate := borrowed.TLS.Certificates[0]
	borrowed.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(func() {
		cancel()
		_ = listener.Close()
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { _ = conn.Close() })
			go confirmAll(conn)
		}
	}()
	return listener.Addr().String()
}

func confirmAll(conn net.Conn) {
	defer conn.Close()
	in, out := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriter(conn)
	for {
		packet, err := packets.ReadPacket(in)
		if err != nil {
			return
		}
		switch p := packet.(type) {
		case *packets.ConnectPacket:
			_ = packets.NewControlPacket(packets.Connack).Write(out)
		case *packets.PublishPacket:
			_, _ = out.Write([]byte{0x40, 2, byte(p.MessageID >> 8), byte(p.MessageID)})
		}
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}
