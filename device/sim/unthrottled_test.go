package sim

import (
	"context"
	"crypto/tls"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"hubscope/device"
	"hubscope/device/topic"
)

// unconfirmed is how many messages either side has on its way.
const unconfirmed = 1000

// BenchmarkUnthrottled lets one simulated device of the built-in wind profile send as fast as its messages are confirmed,
// each made by the profile, counted, logged and with its proof, and bare paho one and the same body, to the same endpoint
// in another process. "ratio" is our rate over paho's; the figure to reach is 0.9.
func BenchmarkUnthrottled(b *testing.B) {
	addr, _ := startPeer(b)
	trust := &tls.Config{InsecureSkipVerify: true, ServerName: "hub.example"}
	ours := perSecond(b.N, func() { simulateFlatOut(b, device.Options{MQTTAddr: addr, TLS: trust}) })
	bare := perSecond(b.N, func() { publishFlatOut(b, addr, trust) })
	b.ReportMetric(ours, "ours/s")
	b.ReportMetric(bare, "paho/s")
	b.ReportMetric(ours/bare, "ratio")
	b.ReportMetric(0, "ns/op")
}

func perSecond(n int, do func()) float64 {
	began := time.Now()
	do()
	return float64(n) / time.Since(began).Seconds()
}

func simulateFlatOut(b *testing.B, o device.Options) {
	slots := make(chan struct{}, unconfirmed)
	connected := make(chan struct{}, 1)
	o.QueueSize, o.MessageTimeout = 2*unconfirmed, -1
	o.OnReceipt = func(r *device.Receipt) {
		if r.Err() != nil {
			b.Error(r.Err())
		}
		<-slots
	}
	o.OnState = func(st device.State) {
		if st.Phase == device.Connected {
			offer(connected, struct{}{})
		}
	}
	s := Start(b.Context(), identity("wind-1"), Options{Device: o, Interval: 24 * time.Hour})
	<-connected
	for range b.N {
		slots <- struct{}{}
		s.produce(0, time.Now())
	}
	for range unconfirmed {
		slots <- struct{}{}
	}
	if err := s.Stop(context.Background()); err != nil {
		b.Error(err)
	}
	if st := s.Status(); st.Confirmed < uint64(b.N) || st.Failed > 0 {
		b.Errorf("%d of %d confirmed, %d failed", st.Confirmed, b.N, st.Failed)
	}
}

func publishFlatOut(b *testing.B, addr string, trust *tls.Config) {
	p := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tls://" + addr).SetClientID("bare").SetTLSConfig(trust).SetAutoReconnect(false))
	if t := p.Connect(); t.Wait() && t.Error() != nil {
		b.Fatal(t.Error())
	}
	defer p.Disconnect(1000)
	window := make(chan mqtt.Token, unconfirmed-1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for t := range window {
			if t.Wait() && t.Error() != nil {
				b.Error(t.Error())
			}
		}
	}()
	bag := topic.Bag{}
	bag.Add(topic.MessageID, "message_1")
	bag.Add(topic.CorrelationID, "correlation_1")
	name, body := topic.Telemetry("bare", "", bag), []byte(`{"deviceId":"wind-1","windSpeed":13.41}`)
	for range b.N {
		window <- p.Publish(name, 1, false, body)
	}
	close(window)
	<-done
}
