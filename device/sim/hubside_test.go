package sim

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"golang.org/x/time/rate"

	"hubscope/device"
	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// hubSide stands for a hub in virtual time. The zero value is a good one.
type hubSide struct {
	code     atomic.Int32 // of CONNACK
	away     atomic.Bool  // nobody answers a dial
	mute     atomic.Bool  // PUBLISH is not confirmed
	key      bool         // look at the token: the first one's key is the right one
	delay    time.Duration
	far      time.Duration // how much later a confirmation comes
	takes    *rate.Limiter // of messages; nil: all
	closes   bool          // the connection that brings too many, instead of confirming later
	mu       sync.Mutex
	messages []packets.PublishPacket
	times    []time.Time
	conns    []net.Conn
}

func (h *hubSide) dial(context.Context) (net.Conn, error) {
	if h.away.Load() {
		return nil, errors.New("connection refused")
	}
	near, far := net.Pipe()
	h.mu.Lock()
	h.conns = append(h.conns, far)
	h.mu.Unlock()
	go h.serve(far)
	return near, nil
}

func (h *hubSide) serve(conn net.Conn) {
	defer conn.Close()
	for {
		packet, err := packets.ReadPacket(conn)
		if err != nil {
			return
		}
		switch packet := packet.(type) {
		case *packets.ConnectPacket:
			ack := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
			ack.ReturnCode = byte(h.code.Load())
			if h.key && !h.knows(packet) {
				ack.ReturnCode = 5
			}
			if ack.Write(conn) != nil || ack.ReturnCode != 0 {
				return
			}
		case *packets.SubscribePacket:
			ack := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
			ack.MessageID, ack.ReturnCodes = packet.MessageID, make([]byte, len(packet.Topics))
			if ack.Write(conn) != nil {
				return
			}
		case *packets.PublishPacket:
			if strings.HasPrefix(packet.TopicName, "$iothub/twin/") {
				if answerTwin(conn, packet.TopicName) != nil {
					return
				}
				continue
			}
			if h.takes != nil && !h.take() {
				return
			}
			h.note(packet)
			time.Sleep(h.delay)
			if h.mute.Load() {
				continue
			}
			ack := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
			ack.MessageID = packet.MessageID
			if h.far > 0 {
				time.AfterFunc(h.far, func() { _ = ack.Write(conn) })
				continue
			}
			if ack.Write(conn) != nil {
				return
			}
		case *packets.PingreqPacket:
			_ = packets.NewControlPacket(packets.Pingresp).Write(conn)
		case *packets.DisconnectPacket:
			return
		}
	}
}

// take lets a message in, when its time has come; false: it is one too many.
func (h *hubSide) take() bool {
	if h.closes {
		return h.takes.Allow()
	}
	time.Sleep(h.takes.Reserve().Delay())
	return true
}

// answerTwin has an empty twin.
func answerTwin(conn net.Conn, topic string) error {
	_, query, _ := strings.Cut(topic, "?")
	answer := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	answer.TopicName = "$iothub/twin/res/204/?" + query + "&$version=2"
	if strings.HasPrefix(topic, "$iothub/twin/GET/") {
		answer.TopicName = "$iothub/twin/res/200/?" + query
		answer.Payload = []byte(`{"desired":{"$version":1},"reported":{"$version":1}}`)
	}
	return answer.Write(conn)
}

// knows tells whether the token was made with the key of the identity.
func (h *hubSide) knows(p *packets.ConnectPacket) bool {
	token, err := sas.Parse(string(p.Password))
	if err != nil {
		return false
	}
	want, err := sas.IoTHub(token.Resource, identity("").Key, "", token.Expiry)
	return err == nil && want.Reveal() == string(p.Password)
}

func (h *hubSide) note(p *packets.PublishPacket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.messages = append(h.messages, *p)
	h.times = append(h.times, time.Now())
}

func (h *hubSide) got() ([]packets.PublishPacket, []time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]packets.PublishPacket(nil), h.messages...), append([]time.Time(nil), h.times...)
}

// cut ends all connections.
func (h *hubSide) cut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.conns {
		_ = c.Close()
	}
	h.conns = nil
}

func (h *hubSide) options() Options {
	return Options{Device: device.Options{Dial: h.dial}}
}

func identity(id string) connstr.Device {
	return connstr.Device{HostName: "hub.example", DeviceID: id, Key: secret.New("c2VjcmV0")}
}
