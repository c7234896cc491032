package device

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// TestPings: an idle connection is pinged at the interval of keep-alive, one with traffic both ways is not.
func TestPings(t *testing.T) {
	for name, tc := range map[string]struct {
		every time.Duration // between messages; 0: none
		want  int
	}{"idle": {0, 10}, "busy": {7 * time.Second, 0}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pings := 0
				p := &peer{script: func(_ int, s *peerSide) {
					s.accept()
					for {
						packet, err := packets.ReadPacket(s)
						if err != nil {
							return
						}
						switch packet := packet.(type) {
						case *packets.PublishPacket:
							s.ack(packet.MessageID)
						case *packets.PingreqPacket:
							pings++
							_ = packets.NewControlPacket(packets.Pingresp).Write(s)
						}
					}
				}}
				c := newClient(t, p, Options{KeepAlive: 20 * time.Second})
				mustConnect(t, c)
				for end := time.Now().Add(205 * time.Second); time.Now().Before(end); {
					if tc.every == 0 {
						time.Sleep(time.Until(end))
						continue
					}
					mustSend(t, c, "m")
					time.Sleep(tc.every)
				}
				synctest.Wait()
				if pings < tc.want-3 || pings > tc.want || p.count() != 1 {
					t.Errorf("%d pings in 205 s, %d connections", pings, p.count())
				}
			})
		})
	}
}

// TestHubThatHearsAndSaysNothing: messages that nobody waits for do not keep a dead connection.
func TestHubThatHearsAndSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{script: func(n int, s *peerSide) {
			s.accept()
			if n == 0 {
				s.swallow()
				return
			}
			s.serve()
		}}
		var seen states
		c := newClient(t, p, Options{KeepAlive: 20 * time.Second, MessageTimeout: -1, OnState: seen.add})
		mustConnect(t, c)
		for range 12 {
			mustSend(t, c, "m")
			time.Sleep(5 * time.Second)
		}
		found := false
		for _, st := range seen.list() {
			found = found || st.Err != nil && strings.Contains(st.Err.Error(), "did not answer a ping")
		}
		if !found || p.count() != 2 || c.Waiting() != 0 {
			t.Errorf("%d connections, %d messages wait, found %v", p.count(), c.Waiting(), found)
		}
	})
}
