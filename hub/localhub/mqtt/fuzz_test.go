package mqtt

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

// FuzzConn sends bytes to a connection, of a stranger or of a device, and ends it: the server must come to
// its end too, must let no stranger in, and must send nothing but whole packets.
//
// The store's goroutine makes coverage differ from run to run, so tell the fuzzer not to minimize:
//
//	go test -run - -fuzz FuzzConn -fuzzminimizetime 1x ./hub/localhub/mqtt
func FuzzConn(f *testing.F) {
	s := newStation(f)
	key := s.device("dev1")
	login := new(bytes.Buffer)
	if err := s.login("dev1", key).Write(login); err != nil {
		f.Fatal(err)
	}
	reads := capture(f)
	f.Add(false, reads[0])
	f.Add(true, bytes.Join(reads[1:], nil))
	for _, b := range reads[1:] {
		f.Add(true, b)
	}
	f.Add(true, []byte{0xc0, 0, 0x36, 5, 0, 1, 'a', 0, 1})
	f.Fuzz(func(t *testing.T, known bool, in []byte) {
		if known {
			in = append(bytes.Clone(login.Bytes()), in...)
		}
		code := checkConversation(t, s, in)
		if known && code != packets.Accepted || !known && code == packets.Accepted {
			t.Fatalf("CONNACK %d", code)
		}
	})
}

const noAnswer = 0xff

// checkConversation sends in, ends the connection and returns the code of the CONNACK, or noAnswer.
func checkConversation(t *testing.T, s *station, in []byte) byte {
	near, far := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.server.ServeConn(far)
	}()
	go func() {
		near.SetWriteDeadline(time.Now().Add(patience))
		near.Write(in)
		// What is not answered by now is not answered at all: an answer does not wait for more input.
		packets.NewControlPacket(packets.Disconnect).Write(near)
		near.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	}()
	code := byte(noAnswer)
	for {
		p, err := packets.ReadPacket(near)
		if err != nil {
			if err == io.ErrUnexpectedEOF {
				t.Error("half a packet")
			}
			break
		}
		if ack, ok := p.(*packets.ConnackPacket); ok {
			code = ack.ReturnCode
		}
	}
	near.Close()
	select {
	case <-served:
	case <-time.After(patience):
		t.Fatal("the server holds on to the connection")
	}
	return code
}

// The topic of every message can be sent, and says what the message says.
func FuzzBoundTopic(f *testing.F) {
	f.Add("m1", "c", []byte("me"), "/devices/d/modules/m/inputs/in1", "k", "v")
	f.Add("a/b&=%", "", []byte{0xff, 0}, "/inputs/+", "k e", "")
	f.Add("\x00", "#", []byte(nil), "", "", "+")
	f.Fuzz(func(t *testing.T, mid, cid string, uid []byte, to, name, value string) {
		for _, s := range []string{mid, cid, to, name, value} {
			if !utf8.ValidString(s) {
				t.Skip() // AMQP strings are UTF-8
			}
		}
		if name == "" {
			t.Skip() // core takes none without a name
		}
		m := &core.C2DMessage{MessageID: mid, CorrelationID: cid, UserID: uid, To: to, Properties: []core.Property{{Name: name, Value: value}}}
		for _, id := range []core.ID{{Device: "d"}, {Device: "d", Module: "m"}} {
			text := boundTopic(id, topic.Filter{}, m)
			if strings.ContainsAny(text, "+#\x00") || !utf8.ValidString(text) {
				t.Fatalf("no topic name: %q", text)
			}
			d, err := topic.ParseDelivery(text)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			last := d.Bag[len(d.Bag)-1]
			if d.DeviceID != "d" || d.ModuleID != id.Module || last.Key != name || last.Value != value {
				t.Fatalf("%q: %+v", text, d)
			}
			if got, _ := d.Bag.Get(topic.MessageID); got != mid && name != topic.MessageID {
				t.Fatalf("message id %q became %q", mid, got)
			}
		}
	})
}
