package mqtt

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// BenchmarkMethod calls direct methods, one after the other, on a thousand connected devices in turn, and
// reports the slowest of a hundred. The reference in the same run is a PINGREQ and its answer on the same
// connections.
func BenchmarkMethod(b *testing.B) {
	const devices = 1000
	s := newStation(b)
	peers := make([]*peer, devices)
	for i := range peers {
		id := fmt.Sprint("dev", i)
		peers[i] = s.connect(id, s.device(id))
		peers[i].subscribe(0, "$iothub/methods/POST/#")
	}
	pings := make([]time.Duration, 0, devices)
	for _, p := range peers {
		start := time.Now()
		p.alive()
		pings = append(pings, time.Since(start))
	}
	for _, p := range peers {
		p.conn.SetReadDeadline(time.Time{})
		go answerMethods(p)
	}
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		start := time.Now()
		id := core.ID{Device: fmt.Sprint("dev", n%devices)}
		if _, err := s.hub.InvokeMethod(context.Background(), id, core.MethodCall{Name: "m"}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	b.ReportMetric(float64(p99(took).Microseconds()), "p99-µs")
	b.ReportMetric(float64(p99(pings).Microseconds()), "ping-p99-µs")
}

func p99(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)*99/100]
}

// answerMethods ends with the connection.
func answerMethods(p *peer) {
	for {
		packet, err := packets.ReadPacket(p.in)
		if err != nil {
			return
		}
		call, ok := packet.(*packets.PublishPacket)
		if !ok {
			continue
		}
		d, err := topic.ParseDelivery(call.TopicName)
		if err != nil {
			return
		}
		p.try(publish(topic.MethodAnswer(200, d.RequestID), 0, 0, []byte("{}")))
	}
}
