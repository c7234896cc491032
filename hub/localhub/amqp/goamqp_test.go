package amqp

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// connect dials with go-amqp; mechanism nil is without SASL.
func connect(t *testing.T, addr string, mechanism goamqp.SASLType) (*goamqp.Session, error) {
	t.Helper()
	c, err := goamqp.Dial(testContext(t), "amqp://"+addr, &goamqp.ConnOptions{HostName: "localhost", SASLType: mechanism})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.NewSession(testContext(t), nil)
}

func mustConnect(t *testing.T, addr string, mechanism goamqp.SASLType) *goamqp.Session {
	t.Helper()
	s, err := connect(t, addr, mechanism)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func iotToken(t *testing.T, resource, key, policy string) string {
	t.Helper()
	token, err := sas.IoTHub(resource, secret.New(key), policy, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

// Protocol 6.6, 0.7, 0.15: both links of every address under messages/events are sent to
// the Event Hubs-compatible endpoint.
// Protocol 6.6.1, 6.6.2.
func TestRedirect(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"localhost"}})
	_, addr := serve(t, coreHub{h}, Options{Port: func() int { return 45671 }})
	token := iotToken(t, "localhost", serviceKey(t, h, "service"), "service")
	s := mustConnect(t, addr, goamqp.SASLTypePlain("service@sas.root.localhost", token))
	for address, rest := range map[string]string{
		"messages/events/":                                     "",
		"/messages/events/":                                    "",
		"Messages/Events":                                      "",
		"/messages/events/$management":                         "$management",
		"amqps://localhost/messages/events/$management":        "$management",
		"messages/events/ConsumerGroups/$Default/Partitions/0": "ConsumerGroups/$Default/Partitions/0",
		"amqps://localhost:5671/messages/events/$management":   "$management",
	} {
		_, err := s.NewReceiver(testContext(t), address, nil)
		wantRedirect(t, "receiver of "+address, err, rest)
		_, err = s.NewSender(testContext(t), address, nil)
		wantRedirect(t, "sender to "+address, err, rest)
	}
}

func wantRedirect(t *testing.T, what string, err error, rest string) {
	t.Helper()
	e := remoteError(err)
	if e == nil || e.Condition != condRedirect {
		t.Errorf("%s: %v", what, err)
		return
	}
	for key, want := range map[string]any{
		"hostname": "localhost", "network-host": "localhost", "port": int32(45671),
		"address": "amqps://localhost:45671/localhost/" + rest,
	} {
		if e.Info[key] != want {
			t.Errorf("%s: %s = %v, want %v", what, key, e.Info[key], want)
		}
	}
	if e.Description != "" {
		t.Errorf("%s: description %q", what, e.Description)
	}
}

// remoteError is what the server said when a link ended.
func remoteError(err error) *goamqp.Error {
	var le *goamqp.LinkError
	if errors.As(err, &le) && le.RemoteErr != nil {
		return le.RemoteErr
	}
	var e *goamqp.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Protocol 7.7: no right, no such node.
// Protocol 7.7.4.
func TestLinksRefused(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"localhost"}})
	_, addr := serve(t, coreHub{h}, Options{})
	owner := goamqp.SASLTypePlain("iothubowner@sas.root.localhost", iotToken(t, "localhost", serviceKey(t, h, "iothubowner"), "iothubowner"))
	device := goamqp.SASLTypePlain("device@sas.root.localhost", iotToken(t, "localhost", serviceKey(t, h, "device"), "device"))
	anonymous := goamqp.SASLTypeAnonymous()
	for name, tt := range map[string]struct {
		mechanism goamqp.SASLType
		address   string
		want      string
	}{
		"anonymous redirect":     {anonymous, "messages/events/$management", condUnauthorized},
		"no SASL":                {nil, "messages/events/$management", condUnauthorized},
		"anonymous management":   {anonymous, "$management", condUnauthorized},
		"anonymous partition":    {anonymous, "localhost/ConsumerGroups/$Default/Partitions/0", condUnauthorized},
		"device policy":          {device, "messages/events/", condUnauthorized},
		"unknown node":           {owner, "nothing/here", condNotFound},
		"empty address":          {owner, "", condNotFound},
		"unknown hub":            {owner, "other", condNotFound},
		"hub itself":             {owner, "localhost", condNotAllowed},
		"publish to a partition": {owner, "localhost/Partitions/0", condNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustConnect(t, addr, tt.mechanism)
			_, err := s.NewSender(testContext(t), tt.address, nil)
			if e := remoteError(err); e == nil || string(e.Condition) != tt.want {
				t.Errorf("sender: %v, want %s", err, tt.want)
			}
			_, err = s.NewReceiver(testContext(t), tt.address, nil)
			if e := remoteError(err); e == nil || string(e.Condition) != tt.want {
				t.Errorf("receiver: %v, want %s", err, tt.want)
			}
		})
	}
}

// Protocol 5.1, 6.1, 6.6: the users that SASL PLAIN knows.
// Protocol 5.1.1, 6.1.1.
func TestPlain(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"myhub.azure-devices.net"}})
	_, addr := serve(t, coreHub{h}, Options{})
	d1, err := h.Device("d1")
	if err != nil {
		t.Fatal(err)
	}
	host := "myhub.azure-devices.net"
	key := serviceKey(t, h, "service")
	service := iotToken(t, host, key, "service")
	device := iotToken(t, host+"/devices/d1", d1.Authentication.SymmetricKey.PrimaryKey, "")
	gateway := iotToken(t, host, serviceKey(t, h, "device"), "device")
	for name, tt := range map[string]struct {
		user, password string
		ok             bool
	}{
		"policy and token":     {"service@sas.root.myhub", service, true},
		"full host name":       {"service@sas.root." + host, service, true},
		"policy and raw key":   {"service", key, true},
		"policy alone, token":  {"service", service, true},
		"device and token":     {"d1@sas.myhub", device, true},
		"device, policy's key": {"d1@sas.myhub", gateway, true},
		"wrong key":            {"service", "d3Jvbmc=", false},
		"other policy":         {"iothubowner@sas.root.myhub", service, false},
		"other hub":            {"service@sas.root.other", service, false},
		"other device":         {"d2@sas.myhub", device, false},
		"device as policy":     {"d1@sas.root.myhub", device, false},
		"service as device":    {"d1@sas.myhub", service, false},
		"unknown policy, key":  {"nobody", key, false},
		"neither":              {"", "", false},
		"changed token":        {"service@sas.root.myhub", strings.Replace(service, "se=1", "se=2", 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, addr, goamqp.SASLTypePlain(tt.user, tt.password))
			if (err == nil) != tt.ok {
				t.Errorf("got %v, want ok %v", err, tt.ok)
			}
		})
	}
}

// EXTERNAL needs a client certificate.
func TestExternalWithoutCertificate(t *testing.T) {
	_, addr := serve(t, newMemoryHub("myhub", 1), Options{})
	if _, err := connect(t, addr, goamqp.SASLTypeExternal("")); err == nil {
		t.Error("a connection without a certificate was taken")
	}
}

// Credit given and drained by hand.
// Protocol 7.8.4.
func TestDrainByGoAMQP(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 5, 0)
	_, addr := serve(t, h, Options{})
	s := mustConnect(t, addr, goamqp.SASLTypePlain("iothubowner", "c2VjcmV0"))
	r, err := s.NewReceiver(testContext(t), "myhub/ConsumerGroups/$Default/Partitions/0", &goamqp.ReceiverOptions{Credit: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.IssueCredit(20); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := r.Receive(testContext(t), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.DrainCredit(testContext(t), nil); err != nil {
		t.Fatal(err)
	}
	h.add(t, 0, 1, 0)
	if m := r.Prefetched(); m != nil {
		t.Error("an event after the drain")
	}
	if err := r.IssueCredit(1); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Receive(testContext(t), nil); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// A client that asks for unsettled events gets them so, and may settle or not.
func TestUnsettledByGoAMQP(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 700, 0)
	_, addr := serve(t, h, Options{})
	s := mustConnect(t, addr, goamqp.SASLTypePlain("iothubowner", "c2VjcmV0"))
	for name, o := range map[string]*goamqp.ReceiverOptions{
		"first":  {Credit: 100, RequestedSenderSettleMode: goamqp.SenderSettleModeUnsettled.Ptr()},
		"second": {Credit: 100, RequestedSenderSettleMode: goamqp.SenderSettleModeUnsettled.Ptr(), SettlementMode: goamqp.ReceiverSettleModeSecond.Ptr()},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := s.NewReceiver(testContext(t), "myhub/ConsumerGroups/$Default/Partitions/0", o)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 700 {
				m, err := r.Receive(testContext(t), nil)
				if err != nil {
					t.Fatalf("event %d: %v", i, err)
				}
				if err := r.AcceptMessage(testContext(t), m); err != nil {
					t.Fatalf("event %d: %v", i, err)
				}
			}
			if err := r.Close(testContext(t)); err != nil {
				t.Error(err)
			}
		})
	}
}
