package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// What a device is told on each of the protocols. protocol 2.3, 4.1, 6.2
func TestDevicesAreRefusedOnAllProtocols(t *testing.T) {
	s := startStation(t)
	good, off := s.device("good"), s.device("off")
	off.Status = hub.Disabled
	off, err := s.registry.UpdateDevice(t.Context(), off)
	if err != nil {
		t.Fatal(err)
	}
	wrong := secret.New("d3JvbmcgYnV0IGEga2V5IGFzIGxvbmcgYXMgaXQgbXVzdCBiZQ==")
	soon, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	for _, test := range []struct {
		name   string
		id     string
		key    secret.Text
		expiry time.Time
		rest   string // the code: no device may read the registry, and the code tells who got that far
		mqtt   error
		amqp   int
	}{
		{"accepted", "good", good.Auth.Primary, soon, "IotHubUnauthorizedAccess", nil, http.StatusOK},
		{"accepted, secondary key", "good", good.Auth.Secondary, soon, "IotHubUnauthorizedAccess", nil, http.StatusOK},
		{"wrong key", "good", wrong, soon, "IotHubUnauthorized", packets.ErrorRefusedNotAuthorised, http.StatusUnauthorized},
		{"key of another device", "good", off.Auth.Primary, soon, "IotHubUnauthorized", packets.ErrorRefusedNotAuthorised, http.StatusUnauthorized},
		{"expired token", "good", good.Auth.Primary, past, "IotHubUnauthorized", packets.ErrorRefusedNotAuthorised, http.StatusUnauthorized},
		{"disabled device", "off", off.Auth.Primary, soon, "DeviceDisabled", packets.ErrorRefusedNotAuthorised, http.StatusUnauthorized},
		{"unknown device", "nobody", good.Auth.Primary, soon, "IotHubUnauthorized", packets.ErrorRefusedNotAuthorised, http.StatusUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := deviceToken(t, test.id, test.key, test.expiry)
			if _, code := s.overREST(t, "/devices/"+test.id, token); code != test.rest {
				t.Errorf("REST: %s, want %s", code, test.rest)
			}
			if err := s.overMQTT(test.id, token); !errors.Is(err, test.mqtt) {
				t.Errorf("MQTT: %v, want %v", err, test.mqtt)
			}
			if status := s.overAMQP(t, "localhost/devices/"+test.id, token); status != test.amqp {
				t.Errorf("AMQP: %d, want %d", status, test.amqp)
			}
		})
	}
}

// What a service is told; over MQTT, a policy's key on behalf of a device.
func TestPoliciesAreRefusedOnAllProtocols(t *testing.T) {
	s := startStation(t)
	s.device("good")
	owner := s.hub.Target().Service
	wrong := secret.New("d3JvbmcgYnV0IGEga2V5IGFzIGxvbmcgYXMgaXQgbXVzdCBiZQ==")
	soon, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	for _, test := range []struct {
		name   string
		policy string
		key    secret.Text
		expiry time.Time
		ok     bool
	}{
		{"accepted", owner.PolicyName, owner.Key, soon, true},
		{"wrong key", owner.PolicyName, wrong, soon, false},
		{"expired token", owner.PolicyName, owner.Key, past, false},
		{"unknown policy", "nobody", owner.Key, soon, false},
		{"key of another policy", "service", owner.Key, soon, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			signed, err := sas.IoTHub("localhost", test.key, test.policy, test.expiry)
			if err != nil {
				t.Fatal(err)
			}
			token := signed.Reveal()
			rest, code, connack, claim := http.StatusOK, "", error(nil), http.StatusOK
			if !test.ok {
				rest, code = http.StatusUnauthorized, "IotHubUnauthorized"
				connack, claim = packets.ErrorRefusedNotAuthorised, http.StatusUnauthorized
			}
			if gotStatus, gotCode := s.overREST(t, "/devices/good", token); gotStatus != rest || gotCode != code {
				t.Errorf("REST: %d %s, want %d %s", gotStatus, gotCode, rest, code)
			}
			if err := s.overMQTT("good", token); !errors.Is(err, connack) {
				t.Errorf("MQTT: %v, want %v", err, connack)
			}
			if status := s.overAMQP(t, "localhost", token); status != claim {
				t.Errorf("AMQP: %d, want %d", status, claim)
			}
		})
	}
}

// A session that lives is ended when its identity is disabled.
func TestADisabledDeviceIsDisconnected(t *testing.T) {
	s := startStation(t)
	d := s.device("wind-1")
	lost := make(chan error, 1)
	options := s.pahoOptions(d.DeviceID, deviceToken(t, d.DeviceID, d.Auth.Primary, time.Now().Add(time.Hour))).
		SetConnectionLostHandler(func(_ paho.Client, err error) { lost <- err })
	client := paho.NewClient(options)
	if err := within(client.Connect()); err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(0)
	d.Status = hub.Disabled
	if _, err := s.registry.UpdateDevice(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lost:
	case <-time.After(patience):
		t.Fatal("the disabled device stays connected")
	}
}

// overREST gets a path of the service API and returns the status and the error code in header and body.
func (s *station) overREST(t *testing.T, path, token string) (status int, code string) {
	t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: s.trust()}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+s.hub.Target().HTTPSAddr+path+"?api-version=2021-04-12", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "localhost"
	request.Header.Set("Authorization", token)
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Errorf("REST: body: %v", err)
	}
	return answer.StatusCode, answer.Header.Get("Iothub-Errorcode")
}

// overMQTT connects as a device with paho and returns why it was refused.
func (s *station) overMQTT(id, token string) error {
	client := paho.NewClient(s.pahoOptions(id, token))
	defer client.Disconnect(100)
	return within(client.Connect())
}

// overAMQP presents a token to $cbs with go-amqp and returns the status.
func (s *station) overAMQP(t *testing.T, audience, token string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := amqp.Dial(ctx, "amqps://"+s.hub.Target().AMQPAddr, &amqp.ConnOptions{
		HostName: "localhost", TLSConfig: s.trust(), SASLType: amqp.SASLTypeAnonymous(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	status, err := putToken(ctx, conn, audience, token)
	if err != nil {
		t.Fatalf("AMQP: %v", err)
	}
	return status
}

func putToken(ctx context.Context, conn *amqp.Conn, audience, token string) (status int, err error) {
	session, err := conn.NewSession(ctx, nil)
	if err != nil {
		return 0, err
	}
	receiver, err := session.NewReceiver(ctx, "$cbs", nil)
	if err != nil {
		return 0, err
	}
	sender, err := session.NewSender(ctx, "$cbs", nil)
	if err != nil {
		return 0, err
	}
	if err := sender.Send(ctx, &amqp.Message{
		Properties: &amqp.MessageProperties{MessageID: "1", ReplyTo: new("cbs")},
		ApplicationProperties: map[string]any{
			"operation": "put-token", "type": "servicebus.windows.net:sastoken", "name": audience,
		},
		Value: token,
	}, nil); err != nil {
		return 0, err
	}
	reply, err := receiver.Receive(ctx, nil)
	if err != nil {
		return 0, err
	}
	code, ok := reply.ApplicationProperties["status-code"].(int32)
	if !ok {
		return 0, fmt.Errorf("no status in %v", reply.ApplicationProperties)
	}
	return int(code), nil
}
