package c2d

import (
	"context"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/c2d"
	"hubscope/hub/events"
	"hubscope/hub/localhub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// TestPolicyWithoutServiceConnect: the hub's refusal is said, learnt, and nothing that was typed is lost.
func TestPolicyWithoutServiceConnect(t *testing.T) {
	ctx := context.Background()
	h, err := localhub.Start(ctx, localhub.Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close(ctx) }()
	target := h.Target()
	owner, err := hub.New(hub.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	d, err := owner.CreateDevice(ctx, hub.Device{DeviceID: "gate-1"})
	if err != nil {
		t.Fatal(err)
	}

	policy, _ := h.Core().Policy("registryRead")
	target.Service.PolicyName, target.Service.Key = policy.Name, policy.Primary
	reader, err := hub.New(hub.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	sender, err := c2d.New(events.Options{Service: target.Service, AMQPAddr: target.AMQPAddr, TLS: target.TLS})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()

	o := Options{Sender: sender, Registry: reader, Poll: time.Hour, Getenv: func(string) string { return "" }}
	s := section(t, o, uitest.Size{Width: 120, Height: 36}, theme.Mono, nil).show(d)
	s.See("0 of 50 wait").Press("e").See("▸Body").Type("open").Press("ctrl+s")
	s.See("✗ refused", "the policy lacks ServiceConnect", "none can be sent: the hub does not let this policy").Press("r")
	if r := s.reported("no message is sent: the hub does not let this policy"); r.Severity != page.Warning {
		t.Errorf("%+v", r)
	}
	s.Press("e", "D", "enter").See("Feedback", "open")
	if got, err := owner.Device(ctx, "gate-1"); err != nil || got.C2DCount != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
