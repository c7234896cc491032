package device

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"
)

func TestReadPackets(t *testing.T) {
	publish := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	publish.Qos, publish.MessageID, publish.TopicName = 1, 7, strings.Repeat("t", 1000)
	publish.Payload = bytes.Repeat([]byte("x"), MaxMessageSize)
	suback := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
	suback.MessageID, suback.ReturnCodes = 3, []byte{1, 0x80}
	all := []packets.ControlPacket{publish, suback, packets.NewControlPacket(packets.Pingresp)}
	var stream bytes.Buffer
	for _, p := range all {
		if err := p.Write(&stream); err != nil {
			t.Fatal(err)
		}
		stream.Write([]byte{0x40, 2, 0x12, 0x34})
	}
	for name, src := range map[string]io.Reader{
		"at once":      bytes.NewReader(stream.Bytes()),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(stream.Bytes())),
	} {
		r := newPacketReader(src)
		for _, want := range all {
			_, got, err := r.next()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var a, b bytes.Buffer
			_, _ = want.Write(&a), got.Write(&b)
			if !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Errorf("%s: %T is another one: %s", name, got, cmp.Diff(want, got))
			}
			if id, packet, err := r.next(); id != 0x1234 || packet != nil || err != nil {
				t.Errorf("%s: PUBACK %#x, %v, %v", name, id, packet, err)
			}
		}
		if _, _, err := r.next(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: at the end %v", name, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	cases := []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, io.EOF},
		{"no length", []byte{0x40}, io.ErrUnexpectedEOF},
		{"half a PUBACK", []byte{0x40, 2, 1}, io.ErrUnexpectedEOF},
		{"half a PUBLISH", []byte{0x30, 9, 0, 1, 'a'}, io.ErrUnexpectedEOF},
		{"length without an end", []byte{0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}, errGarbage},
		{"longer than any message", []byte{0x30, 0xFF, 0xFF, 0xFF, 0x7F}, errGarbage},
		{"type 0", []byte{0, 0}, errGarbage},
		{"type 15", []byte{0xF0, 0}, errGarbage},
		{"PUBLISH without its topic", []byte{0x32, 0}, errGarbage},
		{"PUBACK of another length", []byte{0x40, 1, 0}, errGarbage},
		{"PUBLISH with QoS 2", []byte{0x34, 5, 0, 1, 'a', 0, 1}, errGarbage},
		{"SUBSCRIBE", []byte{0x82, 6, 0, 1, 0, 1, 'a', 0}, errGarbage},
		{"HTTP", []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), errGarbage},
	}
	for _, tc := range cases {
		if _, packet, err := newPacketReader(bytes.NewReader(tc.in)).next(); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, %v, want %v", tc.name, packet, err, tc.want)
		}
	}
}

// FuzzRead: whatever the hub sends, reading it ends without a panic and takes no more memory than came.
func FuzzRead(f *testing.F) {
	f.Add([]byte{0x20, 2, 0, 0, 0x40, 2, 1, 2, 0xD0, 0})
	f.Add([]byte{0x32, 7, 0, 1, 'a', 0, 1, 'b', 'c'})
	f.Add([]byte{0x90, 3, 0, 1, 0x80})
	f.Add([]byte{0x30, 0xFF, 0xFF, 0x0F, 1})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := newPacketReader(bytes.NewReader(in))
		for count := 0; ; count++ {
			if _, _, err := r.next(); err != nil {
				return
			}
			if count > len(in) {
				t.Fatal("more packets than bytes")
			}
		}
	})
}
