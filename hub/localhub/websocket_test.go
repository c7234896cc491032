package localhub_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"github.com/Azure/go-amqp"
	"github.com/coder/websocket"
	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/sas"
)

func socketURL(h *localhub.Hub, path string) string {
	return "wss://localhost:" + environment(h)["HUBSCOPE_HTTPS_PORT"] + path
}

// socket dials a WebSocket of the hub.
func socket(t *testing.T, h *localhub.Hub, path string, subprotocols ...string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS, DisableKeepAlives: true}}
	c, response, err := websocket.Dial(t.Context(), socketURL(h, path), &websocket.DialOptions{HTTPClient: client, Subprotocols: subprotocols})
	if err == nil {
		t.Cleanup(func() { _ = c.CloseNow() })
	}
	return c, response, err
}

func deviceToken(t *testing.T, d hub.Device) string {
	t.Helper()
	token, err := sas.IoTHub("localhost/devices/"+d.DeviceID, d.Auth.Primary, "", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

// MQTT over WebSocket with paho (protocol 4.1), the events read over AMQP over WebSocket with azeventhubs on
// the path that Event Hubs clients know.
// Protocol 4.1.24, 7.1.3.
func TestTelemetryOverWebSockets(t *testing.T) {
	h := start(t, localhub.Options{})
	d := createDevice(t, h, "wind-1")
	c := paho.NewClient(paho.NewClientOptions().AddBroker(socketURL(h, "/$iothub/websocket")).SetTLSConfig(h.Target().TLS).
		SetProtocolVersion(4).SetClientID(d.DeviceID).SetUsername(topic.Username("localhost", d.DeviceID, "")).
		SetPassword(deviceToken(t, d)).SetAutoReconnect(false))
	large := strings.Repeat("x", 200_000) // many reads of one message
	for _, step := range []func() paho.Token{c.Connect, func() paho.Token { return c.Publish("devices/wind-1/messages/events/", 1, false, large) }} {
		if token := step(); !token.WaitTimeout(30*time.Second) || token.Error() != nil {
			t.Fatalf("MQTT: %v", token.Error())
		}
	}
	c.Disconnect(100)

	values := environment(h)
	policy := h.Target().Service
	consumer, err := azeventhubs.NewConsumerClientFromConnectionString(
		"Endpoint=sb://localhost/;SharedAccessKeyName="+policy.PolicyName+";SharedAccessKey="+policy.Key.Reveal()+";EntityPath="+h.Core().EventHub(), "",
		azeventhubs.DefaultConsumerGroup, &azeventhubs.ConsumerClientOptions{
			NewWebSocketConn: func(ctx context.Context, args azeventhubs.WebSocketConnParams) (net.Conn, error) {
				at := strings.Replace(args.Host, "localhost", "localhost:"+values["HUBSCOPE_HTTPS_PORT"], 1)
				c, _, err := websocket.Dial(ctx, at, &websocket.DialOptions{
					Subprotocols: []string{"amqp"},
					HTTPClient:   &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS}},
				})
				if err != nil {
					return nil, err
				}
				return websocket.NetConn(context.WithoutCancel(ctx), c, websocket.MessageBinary), nil
			},
		})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = consumer.Close(context.WithoutCancel(t.Context())) }()
	if got := firstBody(t, consumer); got != large {
		t.Errorf("%d bytes arrived, %d were sent", len(got), len(large))
	}
}

// firstBody is that of the only event of a hub.
func firstBody(t *testing.T, c *azeventhubs.ConsumerClient) string {
	t.Helper()
	properties, err := c.GetEventHubProperties(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range properties.PartitionIDs {
		state, err := c.GetPartitionProperties(t.Context(), id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if state.IsEmpty {
			continue
		}
		earliest := true
		p, err := c.NewPartitionClient(id, &azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Earliest: &earliest}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = p.Close(context.WithoutCancel(t.Context())) }()
		events, err := p.ReceiveEvents(t.Context(), 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(events[0].Body)
	}
	t.Fatal("no partition has an event")
	return ""
}

// AMQP over both paths, with a slash at the end and without (protocol 5.1, 6, 7.1).
// Protocol 5.1.12.
func TestAMQPOverWebSockets(t *testing.T) {
	h := start(t, localhub.Options{})
	policy := h.Target().Service
	token, err := sas.IoTHub("localhost", policy.Key, policy.PolicyName, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/$iothub/websocket", "/$iothub/websocket/", "/$iothub/websocket?iothub-no-client-cert=true", "/$servicebus/websocket", "/$servicebus/websocket/"} {
		c, response, err := socket(t, h, path, "AMQPWSB10")
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got := response.Header.Get("Sec-WebSocket-Protocol"); got != "AMQPWSB10" {
			t.Errorf("%s: sub-protocol %q", path, got)
		}
		conn, err := amqp.NewConn(t.Context(), websocket.NetConn(context.Background(), c, websocket.MessageBinary), &amqp.ConnOptions{
			ContainerID: "test", HostName: "localhost", SASLType: amqp.SASLTypePlain(policy.PolicyName+"@sas.root.localhost", token.Reveal()),
		})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		_ = conn.Close() // an error of NetConn, whose reader is cancelled by its own Close
	}
}

// Sub-protocols that a path does not know, none at all, and requests that want no WebSocket.
func TestWebSocketRefuses(t *testing.T) {
	h := start(t, localhub.Options{})
	for path, offers := range map[string][][]string{
		"/$iothub/websocket":     {nil, {"soap"}},
		"/$servicebus/websocket": {nil, {"mqtt"}},
	} {
		for _, offer := range offers {
			_, response, err := socket(t, h, path, offer...)
			if err == nil || response == nil || response.StatusCode != http.StatusBadRequest {
				t.Errorf("%s with %v: %v", path, offer, err)
			}
		}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS, DisableKeepAlives: true}}
	response, err := client.Get(strings.Replace(socketURL(h, "/$iothub/websocket"), "wss", "https", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("GET: %s", response.Status)
	}
}

// Of two offers the device's MQTT client gets what it speaks, whatever the case.
// Protocol 4.1.24.
func TestWebSocketChoosesAmongOffers(t *testing.T) {
	h := start(t, localhub.Options{})
	for _, offer := range [][]string{{"MQTT"}, {"soap", "mqtt"}} {
		c, _, err := socket(t, h, "/$iothub/websocket", offer...)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Subprotocol(); !strings.EqualFold(got, "mqtt") {
			t.Errorf("%v: %q", offer, got)
		}
	}
}

// What is no MQTT ends the WebSocket, a text message too; the hub goes on.
func TestWebSocketGarbage(t *testing.T) {
	h := start(t, localhub.Options{})
	for _, message := range []struct {
		kind websocket.MessageType
		text string
	}{{websocket.MessageBinary, "\x10\xff\xff\xff\xff\xff"}, {websocket.MessageText, "hello"}} {
		c, _, err := socket(t, h, "/$iothub/websocket", "mqtt")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Write(t.Context(), message.kind, []byte(message.text)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
			t.Errorf("%q: %v", message.text, err)
		}
	}
}

// A device that is connected when the hub closes gets its acknowledgement, then the end of the WebSocket.
func TestCloseWithWebSockets(t *testing.T) {
	h := start(t, localhub.Options{})
	d := createDevice(t, h, "wind-1")
	c, _, err := socket(t, h, "/$iothub/websocket", "mqtt")
	if err != nil {
		t.Fatal(err)
	}
	stream := websocket.NetConn(t.Context(), c, websocket.MessageBinary)
	in := bufio.NewReader(stream)
	connect := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	connect.ProtocolName, connect.ProtocolVersion, connect.CleanSession, connect.ClientIdentifier = "MQTT", 4, true, d.DeviceID
	connect.UsernameFlag, connect.Username = true, topic.Username("localhost", d.DeviceID, "")
	connect.PasswordFlag, connect.Password = true, []byte(deviceToken(t, d))
	if err := connect.Write(stream); err != nil {
		t.Fatal(err)
	}
	if ack, err := packets.ReadPacket(in); err != nil || ack.(*packets.ConnackPacket).ReturnCode != packets.Accepted {
		t.Fatalf("CONNACK %v, %v", ack, err)
	}
	silent, _, err := socket(t, h, "/$iothub/websocket", "AMQPWSB10") // does not even answer the end
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.CloseNow() }()

	closeHub(t, h)
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("after the hub closed: %v", err)
	}
}
