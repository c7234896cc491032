package localhub_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"
	"github.com/coder/websocket"

	"hubscope/hub"
	"hubscope/hub/localhub"
)

// carriers are the two ways to speak AMQP to the hub (protocol 5.1).
var carriers = []string{"plain", "ws"}

// dialAMQP opens an AMQP connection over a carrier, with a password or without.
func dialAMQP(t *testing.T, h *localhub.Hub, carrier, user, password string) (*goamqp.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	o := &goamqp.ConnOptions{HostName: "localhost", TLSConfig: h.Target().TLS, SASLType: goamqp.SASLTypeAnonymous()}
	if user != "" {
		o.SASLType = goamqp.SASLTypePlain(user, password)
	}
	var c *goamqp.Conn
	var err error
	if carrier == "plain" {
		c, err = goamqp.Dial(ctx, "amqps://"+h.Target().AMQPAddr, o)
	} else {
		web := &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS, DisableKeepAlives: true}}
		var s *websocket.Conn
		if s, _, err = websocket.Dial(ctx, socketURL(h, "/$iothub/websocket"), &websocket.DialOptions{HTTPClient: web, Subprotocols: []string{"AMQPWSB10"}}); err != nil {
			return nil, err
		}
		t.Cleanup(func() { _ = s.CloseNow() })
		c, err = goamqp.NewConn(ctx, websocket.NetConn(context.WithoutCancel(ctx), s, websocket.MessageBinary), o)
	}
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// telemetryLink is that of a device that shows its token in the SASL exchange.
func telemetryLink(t *testing.T, h *localhub.Hub, d hub.Device, carrier string) (*goamqp.Sender, error) {
	t.Helper()
	c, err := dialAMQP(t, h, carrier, d.DeviceID+"@sas.localhost", deviceToken(t, d))
	if err != nil {
		return nil, err
	}
	s, err := c.NewSession(t.Context(), nil)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return s.NewSender(ctx, "/devices/"+d.DeviceID+"/messages/events", nil)
}

func sendOne(t *testing.T, l *goamqp.Sender) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return l.Send(ctx, goamqp.NewMessage([]byte("{}")), nil)
}

// Protocol 5.1: what a device over AMQP sees of faults in what it sends, by either
// carrier, and that the scope tells them apart.
func TestAMQPDeviceFaultsOnBothCarriers(t *testing.T) {
	const delay = 150 * time.Millisecond
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	d := createDevice(t, h, "wind-1")
	for scope, struck := range map[string]map[string]bool{
		"ws": {"ws": true}, "amqp": {"ws": true, "plain": true}, "mqtt": {},
	} {
		for _, carrier := range carriers {
			for _, c := range []struct {
				fault hub.Fault
				want  goamqp.ErrCond // empty: the connection is lost
			}{
				{hub.Fault{Kind: hub.FaultThrottle}, "com.microsoft:device-container-throttled"},
				{hub.Fault{Kind: hub.FaultQuota}, goamqp.ErrCondResourceLimitExceeded},
				{hub.Fault{Kind: hub.FaultDrop}, ""}, // without a word
				{hub.Fault{Kind: hub.FaultCut}, ""},
				{hub.Fault{Kind: hub.FaultLatency, Delay: delay}, ""},
			} {
				t.Run(scope+"/"+carrier+"/"+string(c.fault.Kind), func(t *testing.T) {
					if err := client.ClearFaults(t.Context()); err != nil {
						t.Fatal(err)
					}
					link, err := telemetryLink(t, h, d, carrier)
					if err != nil {
						t.Fatal(err)
					}
					c.fault.Protocol, c.fault.Operation, c.fault.Device = scope, "telemetry", "wind-1"
					if _, err := client.SetFaults(t.Context(), c.fault); err != nil {
						t.Fatal(err)
					}
					began := time.Now()
					err = sendOne(t, link)
					took := time.Since(began)
					switch {
					case !struck[carrier]:
						if err != nil {
							t.Errorf("out of scope: %v", err)
						}
					case c.fault.Kind == hub.FaultLatency:
						if err != nil || took < delay {
							t.Errorf("%v after %s", err, took)
						}
					default:
						if got, ok := condition(err); err == nil || ok != (c.want != "") || got != c.want {
							t.Errorf("error = %v, want %q", err, c.want)
						}
					}
				})
			}
		}
	}
}

// condition is what the hub said, whatever of it has ended.
func condition(err error) (goamqp.ErrCond, bool) {
	var link *goamqp.LinkError
	var session *goamqp.SessionError
	var conn *goamqp.ConnError
	var refused *goamqp.Error
	switch {
	case errors.As(err, &link) && link.RemoteErr != nil:
		refused = link.RemoteErr
	case errors.As(err, &session) && session.RemoteErr != nil:
		refused = session.RemoteErr
	case errors.As(err, &conn) && conn.RemoteErr != nil:
		refused = conn.RemoteErr
	case !errors.As(err, &refused):
		return "", false
	}
	return refused.Condition, true
}

// Protocol 5.1: a device that may not connect is refused after it has said who it
// is, by either carrier.
func TestAMQPDeviceIsRefused(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	refused, others := createDevice(t, h, "wind-1"), createDevice(t, h, "pump-1")
	for _, carrier := range carriers {
		for _, kind := range []hub.FaultKind{hub.FaultRefuse, hub.FaultThrottle} {
			if _, err := client.SetFaults(t.Context(), hub.Fault{Kind: kind, Operation: "connect", Device: "wind-*"}); err != nil {
				t.Fatal(err)
			}
			link, err := telemetryLink(t, h, refused, carrier)
			if err == nil {
				err = sendOne(t, link)
			}
			if got, ok := condition(err); !ok || got == goamqp.ErrCondUnauthorizedAccess {
				t.Errorf("%s, %s: %v", carrier, kind, err)
			}
			if link, err = telemetryLink(t, h, others, carrier); err == nil {
				err = sendOne(t, link)
			}
			if err != nil {
				t.Errorf("%s, %s, another device: %v", carrier, kind, err)
			}
		}
	}
}

// Protocol 7.7: what readers of events see, by either carrier.
func TestEventReaderFaults(t *testing.T) {
	const delay = 150 * time.Millisecond
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	policy, _ := h.Core().Policy("service")
	address := h.Core().EventHub() + "/ConsumerGroups/$Default/Partitions/0"
	attach := func(t *testing.T, carrier string) error {
		c, err := dialAMQP(t, h, carrier, "service@sas.root.localhost", signed(t, "localhost", policy.Primary, "service"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.NewSession(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		r, err := s.NewReceiver(ctx, address, nil)
		if err != nil {
			return err
		}
		short, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer end()
		if _, err = r.Receive(short, nil); errors.Is(err, context.DeadlineExceeded) {
			err = nil // there is nothing to read
		}
		return err
	}
	for _, carrier := range carriers {
		for _, c := range []struct {
			fault hub.Fault
			want  goamqp.ErrCond
		}{
			{hub.Fault{Kind: hub.FaultThrottle}, "com.microsoft:server-busy"},
			{hub.Fault{Kind: hub.FaultQuota}, goamqp.ErrCondResourceLimitExceeded},
			{hub.Fault{Kind: hub.FaultCut}, ""},
			{hub.Fault{Kind: hub.FaultLatency, Delay: delay}, ""},
			{hub.Fault{Kind: hub.FaultDrop}, "amqp:connection:forced"},
		} {
			t.Run(carrier+"/"+string(c.fault.Kind), func(t *testing.T) {
				c.fault.Operation, c.fault.Count = "events", 1
				if c.fault.Kind == hub.FaultDrop {
					c.fault.Count = 0 // the reader before may still be there, and would be the one
				}
				if _, err := client.SetFaults(t.Context(), c.fault); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				err := attach(t, carrier)
				if err := client.ClearFaults(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, ok := condition(err)
				switch c.fault.Kind {
				case hub.FaultLatency:
					if err != nil || time.Since(began) < delay {
						t.Errorf("%v after %s", err, time.Since(began))
					}
				default:
					if err == nil || ok != (c.want != "") || got != c.want {
						t.Errorf("error = %v, want %q", err, c.want)
					}
				}
				if err := attach(t, carrier); err != nil {
					t.Errorf("after the end: %v", err)
				}
			})
		}
	}
}

// putToken does one claim over $cbs (protocol 6.1).
func putToken(t *testing.T, c *goamqp.Conn, audience, token string) {
	t.Helper()
	s, err := c.NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.NewSender(t.Context(), "$cbs", nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.NewReceiver(t.Context(), "$cbs", nil)
	if err != nil {
		t.Fatal(err)
	}
	id, back := "1", "cbs"
	m := &goamqp.Message{
		Properties:            &goamqp.MessageProperties{MessageID: id, ReplyTo: &back},
		ApplicationProperties: map[string]any{"operation": "put-token", "type": "servicebus.windows.net:sastoken", "name": audience},
		Value:                 token,
	}
	if err := out.Send(t.Context(), m, nil); err != nil {
		t.Fatal(err)
	}
	answer, err := in.Receive(t.Context(), nil)
	if err != nil || answer.ApplicationProperties["status-code"] != int32(200) {
		t.Fatalf("put-token: %+v, %v", answer, err)
	}
	_ = in.AcceptMessage(t.Context(), answer)
}

// Protocol 6.1: what a token of $cbs allowed ends with it, of services and of
// devices, by either carrier.
func TestExpireOfClaims(t *testing.T) {
	h := start(t, localhub.Options{})
	d := createDevice(t, h, "wind-1")
	policy, _ := h.Core().Policy("service")
	if _, err := oneTry(t, h).SetFaults(t.Context(), hub.Fault{Kind: hub.FaultExpire, Operation: "connect", After: 300 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	for _, carrier := range carriers {
		for _, c := range []struct{ name, audience, token, source string }{
			{"service", "localhost", signed(t, "localhost", policy.Primary, "service"), "/messages/serviceBound/feedback"},
			{"device", "localhost/devices/wind-1", deviceToken(t, d), "/devices/wind-1/messages/devicebound"},
			{"events", "localhost", signed(t, "localhost", policy.Primary, "service"), h.Core().EventHub() + "/ConsumerGroups/$Default/Partitions/0"},
		} {
			t.Run(carrier+"/"+c.name, func(t *testing.T) {
				conn, err := dialAMQP(t, h, carrier, "", "")
				if err != nil {
					t.Fatal(err)
				}
				putToken(t, conn, c.audience, c.token)
				s, err := conn.NewSession(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				link, err := s.NewReceiver(t.Context(), c.source, nil)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				_, err = link.Receive(ctx, nil)
				if got, ok := condition(err); !ok || got != goamqp.ErrCondUnauthorizedAccess {
					t.Errorf("it ended with %v", err)
				}
			})
		}
	}
}
