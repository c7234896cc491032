package device

import (
	"context"
	"testing"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// FuzzArrived: whatever a hub publishes, the device neither falls nor loses count.
func FuzzArrived(f *testing.F) {
	version := int64(3)
	for _, name := range []string{
		"devices/dev1/messages/devicebound/%24.mid=m&%24.exp=2026-01-01T00%3A00%3A00Z&a=b&c", "devices/dev1/modules/m/inputs/i/a=1",
		topic.MethodCall("m", "1"), topic.DesiredPatch(4), topic.TwinResponse(200, "1", nil), topic.TwinResponse(204, "2", &version), "$iothub/x",
	} {
		f.Add(name, []byte(`{"desired":{"$version":3},"reported":{"$version":1}}`), byte(1))
		f.Add(name, []byte(nil), byte(0))
	}
	f.Fuzz(func(t *testing.T, name string, body []byte, qos byte) {
		c, err := New(testDevice(), Options{
			OnMessage: func(m *Incoming) Settlement { return Settlement(len(m.Body) % 2) },
			OnMethod:  func(_ context.Context, r MethodRequest) MethodResponse { return MethodResponse{Payload: r.Payload} },
			OnDesired: func(p DesiredPatch) {
				if !isObject(p.Patch) {
					t.Errorf("desired properties %q", p.Patch)
				}
			},
			OnProblem: func(error) {},
		})
		if err != nil {
			t.Fatal(err)
		}
		l := &link{}
		c.link, c.down.greeting.link = l, l
		c.down.greeting.granted = bit(answersID) | bit(desiredID)
		c.down.mu.Lock()
		c.readDesired()
		c.down.mu.Unlock()
		p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
		p.TopicName, p.Payload, p.Qos, p.MessageID = name, body, qos%3, 9
		if err := c.arrived(l, p); err != nil && p.Qos < 2 {
			t.Errorf("%q ends the connection: %v", name, err)
		}
		c.down.handlers.Wait()
		n := c.Counts()
		if n.Messages != n.MessagesCompleted+n.MessagesLeft || n.Calls != n.CallsAnswered {
			t.Errorf("%q: counts %+v", name, n)
		}
		c.link = nil
		closeNow(c)
	})
}
