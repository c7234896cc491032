package events

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/secret"
)

// What a device is told on each of the protocols. protocol 2.3, 4.1, 6.2
// Protocol 1.2.7, 4.1.5, 4.1.6.
func TestDevicesAreRefusedOnAllProtocols(t *testing.T) {
	s := station.Start(t)
	s.Device("good")
	s.Device("off")
	good, err := s.Service.Device(t.Context(), "good")
	if err != nil {
		t.Fatal(err)
	}
	off := disable(s, "off")
	wrong := someKey
	const soon, past = time.Hour, -time.Hour
	for _, test := range []struct {
		name   string
		id     string
		key    secret.Text
		expiry time.Duration
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
			token := s.Sign("localhost/devices/"+test.id, test.key, "", test.expiry)
			if _, code := overREST(s.In(t), "/devices/"+test.id, token); code != test.rest {
				t.Errorf("REST: %s, want %s", code, test.rest)
			}
			if err := overMQTT(s.In(t), test.id, token); !errors.Is(err, test.mqtt) {
				t.Errorf("MQTT: %v, want %v", err, test.mqtt)
			}
			if status := overAMQP(s.In(t), "localhost/devices/"+test.id, token); status != test.amqp {
				t.Errorf("AMQP: %d, want %d", status, test.amqp)
			}
		})
	}
}

// What a service is told; over MQTT, a policy's key on behalf of a device.
// Protocol 6.2.3.
func TestPoliciesAreRefusedOnAllProtocols(t *testing.T) {
	s := station.Start(t)
	s.Device("good")
	owner := s.Hub.Target().Service
	wrong := someKey
	const soon, past = time.Hour, -time.Hour
	for _, test := range []struct {
		name   string
		policy string
		key    secret.Text
		expiry time.Duration
		ok     bool
	}{
		{"accepted", owner.PolicyName, owner.Key, soon, true},
		{"wrong key", owner.PolicyName, wrong, soon, false},
		{"expired token", owner.PolicyName, owner.Key, past, false},
		{"unknown policy", "nobody", owner.Key, soon, false},
		{"key of another policy", "service", owner.Key, soon, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := s.Sign("localhost", test.key, test.policy, test.expiry)
			rest, code, connack, claim := http.StatusOK, "", error(nil), http.StatusOK
			if !test.ok {
				rest, code = http.StatusUnauthorized, "IotHubUnauthorized"
				connack, claim = packets.ErrorRefusedNotAuthorised, http.StatusUnauthorized
			}
			if gotStatus, gotCode := overREST(s.In(t), "/devices/good", token); gotStatus != rest || gotCode != code {
				t.Errorf("REST: %d %s, want %d %s", gotStatus, gotCode, rest, code)
			}
			if err := overMQTT(s.In(t), "good", token); !errors.Is(err, connack) {
				t.Errorf("MQTT: %v, want %v", err, connack)
			}
			if status := overAMQP(s.In(t), "localhost", token); status != claim {
				t.Errorf("AMQP: %d, want %d", status, claim)
			}
		})
	}
}

// A session that lives is ended when its identity is disabled.
// Protocol 4.1.13.
func TestADisabledDeviceIsDisconnected(t *testing.T) {
	s := station.Start(t)
	c := s.Connect(s.Device("wind-1"), station.TLS)
	disable(s, "wind-1")
	if err := c.Ended(); err != nil {
		t.Error(err)
	}
}

func disable(s *station.Station, id string) hub.Device {
	s.T.Helper()
	d, err := s.Service.Device(s.T.Context(), id)
	if err != nil {
		s.T.Fatal(err)
	}
	d.Status = hub.Disabled
	if d, err = s.Service.UpdateDevice(s.T.Context(), d); err != nil {
		s.T.Fatal(err)
	}
	return d
}

// overREST gets a path of the service API and returns the status and the error code in header and body.
func overREST(s *station.Station, path, token string) (status int, code string) {
	got := s.RESTAs(station.Identity{}, token, http.MethodGet, path, "")
	return got.Status, got.Code()
}

// overMQTT connects as a device with paho and returns why it was refused.
func overMQTT(s *station.Station, id, token string) error {
	c, err := s.TryConnect(station.Identity{DeviceID: id, Key: someKey}, station.TLS, func(o *paho.ClientOptions) { o.SetPassword(token) })
	c.Disconnect(100)
	return err
}

// someKey is of nobody.
var someKey = secret.New("d3JvbmcgYnV0IGEga2V5IGFzIGxvbmcgYXMgaXQgbXVzdCBiZQ==")

// overAMQP presents a token to $cbs with go-amqp and returns the status.
func overAMQP(s *station.Station, audience, token string) int {
	return s.Dial(station.TLS, amqp.SASLTypeAnonymous(), station.Identity{}).PutToken(audience, token)
}
