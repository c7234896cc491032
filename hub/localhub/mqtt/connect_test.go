package mqtt

import (
	"context"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/localhub/core"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// Return codes of CONNACK: protocol 4.1.
// Protocol 4.1.1, 4.1.3, 4.1.4, 4.1.5, 4.1.6, 4.1.7, 4.1.8, 4.1.23.
func TestConnectRefusals(t *testing.T) {
	var log logBuffer
	s := newStationWith(t, core.Options{}, Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	key := s.device("dev1")
	other := s.device("dev2")
	s.disable("off")
	policy, _ := s.hub.Policy("service")
	owner, _ := s.hub.Policy("iothubowner")

	for name, c := range map[string]struct {
		code   byte
		change func(p *packets.ConnectPacket)
	}{
		"nothing wrong":        {packets.Accepted, func(*packets.ConnectPacket) {}},
		"bare user name":       {packets.Accepted, func(p *packets.ConnectPacket) { p.Username = "localhost/dev1" }},
		"host in capitals":     {packets.Accepted, func(p *packets.ConnectPacket) { p.Username = "LOCALHOST/dev1/?api-version=2021-04-12" }},
		"host with a port":     {packets.Accepted, func(p *packets.ConnectPacket) { p.Username = "localhost:8883/dev1" }},
		"token of iothubowner": {packets.Accepted, func(p *packets.ConnectPacket) { p.Password = s.policyToken("iothubowner", owner.Primary) }},
		"token of service":     {5, func(p *packets.ConnectPacket) { p.Password = s.policyToken("service", policy.Primary) }},
		"token ended now": {packets.Accepted, func(p *packets.ConnectPacket) {
			p.Password = []byte(s.token("dev1", key, time.Now().Add(-time.Minute)))
		}},
		"token ended":          {5, func(p *packets.ConnectPacket) { p.Password = []byte(s.token("dev1", key, time.Now().Add(-time.Hour))) }},
		"wrong key":            {5, func(p *packets.ConnectPacket) { p.Password = []byte(s.token("dev1", other, time.Now().Add(time.Hour))) }},
		"another's token":      {5, func(p *packets.ConnectPacket) { p.Password = []byte(s.token("dev2", other, time.Now().Add(time.Hour))) }},
		"not a token":          {5, func(p *packets.ConnectPacket) { p.Password = []byte("open sesame") }},
		"the raw key":          {5, func(p *packets.ConnectPacket) { p.Password = []byte(key.Reveal()) }},
		"no password":          {5, func(p *packets.ConnectPacket) { p.PasswordFlag = false }},
		"unknown device":       {5, func(p *packets.ConnectPacket) { s.become(p, "nobody", key) }},
		"disabled device":      {5, func(p *packets.ConnectPacket) { s.become(p, "off", key) }},
		"another hub":          {5, func(p *packets.ConnectPacket) { p.Username = "other.azure-devices.net/dev1" }},
		"no user name":         {4, func(p *packets.ConnectPacket) { p.UsernameFlag, p.PasswordFlag = false, false }},
		"malformed user name":  {4, func(p *packets.ConnectPacket) { p.Username = "dev1" }},
		"preview version":      {packets.Accepted, func(p *packets.ConnectPacket) { p.Username = "localhost/dev1/?api-version=2020-05-31-preview" }},
		"bogus version":        {4, func(p *packets.ConnectPacket) { p.Username = "localhost/dev1/?api-version=latest" }},
		"another client id":    {2, func(p *packets.ConnectPacket) { p.ClientIdentifier = "dev2" }},
		"client id in capital": {2, func(p *packets.ConnectPacket) { p.ClientIdentifier = "DEV1" }},
		"no client id":         {2, func(p *packets.ConnectPacket) { p.ClientIdentifier = "" }},
		"will of another":      {5, func(p *packets.ConnectPacket) { p.WillFlag, p.WillTopic = true, "devices/dev2/messages/events/" }},
		"will of QoS 2": {5, func(p *packets.ConnectPacket) {
			p.WillFlag, p.WillTopic, p.WillQos = true, "devices/dev1/messages/events/", 2
		}},
		"MQTT 3.1": {1, func(p *packets.ConnectPacket) { p.ProtocolName, p.ProtocolVersion = "MQIsdp", 3 }},
		"MQTT 5":   {1, func(p *packets.ConnectPacket) { p.ProtocolVersion = 5 }},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.dial()
			ack := p.open(s.login("dev1", key, c.change))
			if ack.ReturnCode != c.code {
				t.Fatalf("CONNACK %d, want %d", ack.ReturnCode, c.code)
			}
			if c.code == packets.Accepted {
				p.alive()
				return
			}
			p.closed()
		})
	}
	if text := log.text(); !strings.Contains(text, "CONNACK 5") ||
		strings.Contains(text, "sig=") || strings.Contains(text, key.Reveal()) || strings.Contains(text, "sesame") {
		t.Errorf("the log should tell of refusals but of no token:\n%s", text)
	}
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// disable makes a device that is disabled.
func (s *station) disable(id string) {
	s.t.Helper()
	_, err := s.hub.CreateDevice(context.Background(), wire.Device{DeviceID: id, Status: wire.Disabled})
	if err != nil {
		s.t.Fatal(err)
	}
}

// become turns a CONNECT into that of another device.
func (s *station) become(p *packets.ConnectPacket, id string, key secret.Text) {
	if d, err := s.hub.Device(id); err == nil {
		key = secret.New(d.Authentication.SymmetricKey.PrimaryKey)
	}
	*p = *s.login(id, key)
}

// A real CONNECT of MQTT 5 has another shape (properties); it gets the same answer as one of MQTT 3.1.
// Protocol 4.1.4.
func TestConnectOfMQTT5(t *testing.T) {
	s := newStation(t)
	p := s.dial()
	hello, _ := hex.DecodeString("101100044d5154540502003c032100140001" + "78")
	p.sendBytes(hello)
	if code := receive[*packets.ConnackPacket](p).ReturnCode; code != packets.ErrRefusedBadProtocolVersion {
		t.Errorf("CONNACK %d", code)
	}
	p.closed()
}

// What breaks the standard gets no answer.
func TestFirstPacketMustBeGoodConnect(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	for name, packet := range map[string]packets.ControlPacket{
		"PINGREQ":                      packets.NewControlPacket(packets.Pingreq),
		"PUBLISH":                      publish("devices/dev1/messages/events/", 0, 0, nil),
		"CONNACK":                      packets.NewControlPacket(packets.Connack),
		"another protocol":             s.login("dev1", key, func(p *packets.ConnectPacket) { p.ProtocolName = "AMQP" }),
		"a password without user name": s.login("dev1", key, func(p *packets.ConnectPacket) { p.UsernameFlag = false }),
		"will flags without a will":    s.login("dev1", key, func(p *packets.ConnectPacket) { p.WillQos = 1 }),
		"a CONNECT that is too long":   s.login("dev1", key, func(p *packets.ConnectPacket) { p.Username, p.Password = long(), []byte(long()) }),
	} {
		t.Run(name, func(t *testing.T) {
			p := s.dial()
			p.try(packet)
			p.closed()
		})
	}
}

func long() string { return string(make([]byte, 60<<10)) }

func TestSecondConnectEndsConnection(t *testing.T) {
	s := newStation(t)
	key := s.device("dev1")
	p := s.connect("dev1", key)
	p.send(s.login("dev1", key))
	p.closed()
}

func TestSilentStrangerIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStation(t)
		for _, first := range [][]byte{nil, {0x10}, {0x10, 0x7f, 0, 4, 'M', 'Q'}} {
			start := time.Now()
			p := s.dial()
			if first != nil {
				p.sendBytes(first)
			}
			p.conn.SetReadDeadline(time.Time{})
			if n, err := p.conn.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Fatalf("read %d bytes, %v", n, err)
			}
			if got := time.Since(start); got != 10*time.Second {
				t.Errorf("closed after %s", got)
			}
		}
	})
}

func TestStrangersAreBounded(t *testing.T) {
	s := newStationWith(t, core.Options{}, Options{MaxStrangers: 3})
	key := s.device("dev1")
	known := s.connect("dev1", key)
	var waiting []*peer
	for range 3 {
		p := s.dial()
		p.sendBytes([]byte{0x10})
		waiting = append(waiting, p)
	}
	s.dial().closed()
	known.alive()
	waiting[0].conn.Close()
	waiting[1].sendBytes([]byte{0xff, 0xff, 0xff, 0xff})
	waiting[1].closed()
	eventually(t, func() bool {
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		return s.server.strangers == 1
	})
	s.connect("dev1", key).alive()
}

// Protocol 4.1.10.
func TestKeepAliveEndsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStation(t)
		key := s.device("dev1")
		p := s.connect("dev1", key, func(p *packets.ConnectPacket) { p.Keepalive = 20 })
		time.Sleep(29 * time.Second)
		p.alive()
		start := time.Now()
		p.conn.SetReadDeadline(time.Time{})
		p.conn.Read(make([]byte, 1))
		if got := time.Since(start); got != 30*time.Second {
			t.Errorf("closed %s after the last packet", got)
		}
	})
}

// Protocol 4.1.12.
func TestTokenExpiryEndsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStation(t)
		key := s.device("dev1")
		p := s.connect("dev1", key, func(p *packets.ConnectPacket) {
			p.Keepalive = 0
			p.Password = []byte(s.token("dev1", key, time.Now().Add(20*time.Minute)))
		})
		time.Sleep(19 * time.Minute)
		p.alive()
		start := time.Now()
		p.conn.SetReadDeadline(time.Time{})
		p.conn.Read(make([]byte, 1))
		// Between its end and the 5 minutes of skew that a token is given (protocol 1.2).
		if got := time.Since(start); got < time.Minute-time.Second || got > 6*time.Minute+time.Second {
			t.Errorf("closed %s after the last packet", got)
		}
	})
}
