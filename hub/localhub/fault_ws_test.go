package localhub_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub"
	"hubscope/hub/localhub"
)

// mqttDevice is a device that tells when it loses its connection.
func mqttDevice(t *testing.T, h *localhub.Hub, d hub.Device, broker string) (c paho.Client, lost chan error) {
	t.Helper()
	lost = make(chan error, 1)
	c = paho.NewClient(paho.NewClientOptions().AddBroker(broker).SetTLSConfig(h.Target().TLS).SetProtocolVersion(4).
		SetClientID(d.DeviceID).SetUsername(topic.Username("localhost", d.DeviceID, "")).SetPassword(deviceToken(t, d)).
		SetAutoReconnect(false).SetConnectionLostHandler(func(_ paho.Client, err error) { lost <- err }))
	t.Cleanup(func() { c.Disconnect(0) })
	return c, lost
}

func done(t *testing.T, token paho.Token) error {
	t.Helper()
	if !token.WaitTimeout(30 * time.Second) {
		t.Fatal("no answer in 30 s")
	}
	return token.Error()
}

// Protocol 4.1: MQTT has no way to refuse a message but to close, whatever it is
// carried by; the scope ws tells the two carriers apart.
func TestMQTTFaultsOnBothCarriers(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	d := createDevice(t, h, "wind-1")
	brokers := map[string]string{
		"ws":    socketURL(h, "/$iothub/websocket"),
		"plain": "ssl://" + h.Target().MQTTAddr,
	}
	for _, kind := range []hub.FaultKind{hub.FaultThrottle, hub.FaultQuota, hub.FaultDrop, hub.FaultCut} {
		for scope, struck := range map[string]map[string]bool{
			"ws": {"ws": true}, "mqtt": {"ws": true, "plain": true}, "amqp": {},
		} {
			for carrier, broker := range brokers {
				t.Run(string(kind)+"/"+scope+"/"+carrier, func(t *testing.T) {
					if err := client.ClearFaults(t.Context()); err != nil {
						t.Fatal(err)
					}
					c, lost := mqttDevice(t, h, d, broker)
					if err := done(t, c.Connect()); err != nil {
						t.Fatal(err)
					}
					if _, err := client.SetFaults(t.Context(), hub.Fault{Kind: kind, Protocol: scope, Operation: "telemetry", Device: "wind-1"}); err != nil {
						t.Fatal(err)
					}
					err := c.Publish("devices/wind-1/messages/events/", 1, false, "{}")
					if !struck[carrier] {
						if err := done(t, err); err != nil || !c.IsConnected() {
							t.Errorf("out of scope: %v", err)
						}
						return
					}
					select {
					case <-lost:
					case <-time.After(20 * time.Second):
						t.Error("the connection was not closed")
					}
				})
			}
		}
	}
}

// Protocol 4.1: CONNACK 3 for a hub that takes no connections.
func TestRefusedOverWebSocket(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	d := createDevice(t, h, "wind-1")
	for i, c := range []struct {
		fault hub.Fault
		want  error
	}{
		{hub.Fault{Kind: hub.FaultRefuse, Protocol: "ws", Operation: "connect"}, packets.ErrorRefusedServerUnavailable},
		{hub.Fault{Kind: hub.FaultThrottle, Protocol: "ws", Operation: "connect"}, packets.ErrorRefusedServerUnavailable},
		{hub.Fault{Kind: hub.FaultRefuse, Protocol: "amqp", Operation: "connect"}, nil},
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			if _, err := client.SetFaults(t.Context(), c.fault); err != nil {
				t.Fatal(err)
			}
			device, _ := mqttDevice(t, h, d, socketURL(h, "/$iothub/websocket"))
			if err := done(t, device.Connect()); !errors.Is(err, c.want) {
				t.Errorf("error = %v, want %v", err, c.want)
			}
		})
	}
}
