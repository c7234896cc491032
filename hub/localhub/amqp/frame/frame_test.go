package frame

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// Protocol 8.1, every performative with every field.
var performatives = []Performative{
	&Open{ContainerID: "c", Hostname: "h", MaxFrameSize: 65536, ChannelMax: 4999, IdleTimeout: 60000, Properties: Map{{Symbol("product"), "p"}}},
	&Open{MaxFrameSize: 512, ChannelMax: 1},
	&Begin{RemoteChannel: Some[uint16](3), NextOutgoingID: 1, IncomingWindow: 2, OutgoingWindow: 3, HandleMax: 4, Properties: Map{{Symbol("a"), true}}},
	&Attach{
		Name: "n", Handle: 300, Receiver: true, SenderSettleMode: Some(SenderSettled), ReceiverSettleMode: Some(ReceiverFirst),
		Source: &Source{
			Address: "a", Durable: 1, ExpiryPolicy: "session-end", Timeout: 9, Dynamic: true, DynamicNodeProperties: Map{{Symbol("x"), "y"}},
			DistributionMode: "copy", Filter: Map{{Symbol("f"), Described{uint64(0x468C00000004), "text"}}},
			DefaultOutcome: Described{uint64(descReleased), []any{}}, Outcomes: []Symbol{"amqp:accepted:list"}, Capabilities: []Symbol{"queue"},
		},
		Target: &Target{
			Address: "b", Durable: 2, ExpiryPolicy: "never", Timeout: 8, Dynamic: true,
			DynamicNodeProperties: Map{{Symbol("x"), "y"}}, Capabilities: []Symbol{"topic", "queue"},
		},
		InitialDeliveryCount: Some[uint32](7), MaxMessageSize: 1 << 40, Offered: []Symbol{"o"}, Desired: []Symbol{"d"},
		Properties: Map{{Symbol("com.microsoft:epoch"), int64(5)}},
	},
	&Attach{Name: "refused", Source: nil, Target: nil},
	&Flow{NextIncomingID: Some[uint32](0), IncomingWindow: 5000, NextOutgoingID: 1, OutgoingWindow: 2},
	&Flow{
		NextIncomingID: Some[uint32](9), Handle: Some[uint32](0), DeliveryCount: Some[uint32](3), LinkCredit: Some[uint32](300),
		Available: Some[uint32](4), Drain: true, Echo: true, Properties: Map{{Symbol("p"), "v"}},
	},
	&Transfer{Handle: 1, DeliveryID: Some[uint32](2), DeliveryTag: []byte{1, 2}, MessageFormat: Some[uint32](0), Settled: true, More: true, State: Accepted{}, Aborted: true},
	&Transfer{Handle: 1},
	&Disposition{Receiver: true, First: 1, Last: 5, Settled: true, State: Accepted{}},
	&Disposition{First: 1, Last: 1, State: Rejected{&Error{Condition: "amqp:not-found", Description: "d", Info: Map{{Symbol("i"), int32(1)}}}}},
	&Disposition{First: 1, Last: 1, State: Released{}},
	&Disposition{First: 1, Last: 1, State: Modified{DeliveryFailed: true, UndeliverableHere: true, Annotations: Map{{Symbol("a"), "b"}}}},
	&Disposition{First: 1, Last: 1, State: Received{Section: 2, Offset: 3}},
	&Disposition{First: 1, Last: 1, State: Described{uint64(0x34), []any{}}},
	&Detach{Handle: 1, Closed: true, Error: &Error{Condition: "amqp:link:stolen"}},
	&Detach{Handle: 1},
	&End{}, &End{Error: &Error{Condition: "c"}},
	&Close{}, &Close{Error: &Error{Condition: "c", Description: "d"}},
	&Mechanisms{Names: []Symbol{"PLAIN", "ANONYMOUS"}},
	&Init{Mechanism: "PLAIN", Response: []byte("\x00u\x00p"), Hostname: "h"},
	&Challenge{Data: []byte{1}}, &Response{Data: []byte{2}}, &Outcome{Code: SASLAuth},
}

// Protocol 8.1.1.
func TestPerformatives(t *testing.T) {
	for _, p := range performatives {
		b := Append([]byte{9}, KindAMQP, 7, p, []byte("payload"))
		f, err := NewReader(bytes.NewReader(b[1:]), 1<<16).Next()
		if err != nil || f.Channel != 7 || f.Kind != KindAMQP {
			t.Errorf("%T: %+v, %v", p, f, err)
			continue
		}
		got, payload, err := Decode(f.Body)
		if diff := cmp.Diff(p, got); diff != "" || err != nil || string(payload) != "payload" {
			t.Errorf("%T: %v, payload %q %s", p, err, payload, diff)
		}
	}
}

// Symbolic descriptors, wide descriptors and short lists are the same (8.1).
// Protocol 8.1.2.
func TestDescriptors(t *testing.T) {
	for _, in := range []string{
		"00 53 17 45", "00 80 0000000000000017 45", "00 a3 0d 616d71703a656e643a6c697374 45", "00 53 17 c0 01 00", "00 53 17 d0 00000004 00000000", "00 53 17 c0 02 01 40",
	} {
		p, _, err := Decode(unhex(t, in))
		if _, ok := p.(*End); !ok || err != nil {
			t.Errorf("%s: %T, %v", in, p, err)
		}
	}
}

// Protocol 8.1.3.
func TestMandatory(t *testing.T) {
	for name, in := range map[string]string{
		"open without container": "00 53 10 45", "open with null": "00 53 10 c0 02 01 40", "attach without handle": "00 53 12 c0 04 01 a1 01 6e",
		"attach without role": "00 53 12 c0 05 02 a1 01 6e 43", "transfer without handle": "00 53 14 45", "detach without handle": "00 53 16 45",
		"flow without window": "00 53 13 45", "begin without windows": "00 53 11 45", "disposition without role": "00 53 15 45",
		"wrong type": "00 53 16 c0 03 01 50 01", "count too large": "00 53 16 c0 02 05 43", "long tag": "00 53 14 c0 26 03 43 43 a0 21" + string(bytes.Repeat([]byte("00"), 33)),
		"unknown": "00 53 99 45", "no list": "00 53 17 40", "not described": "45", "no descriptor": "00", "list as descriptor": "00 45 45", "sasl-init without mechanism": "00 53 41 45",
	} {
		if p, _, err := Decode(unhex(t, in)); err == nil {
			t.Errorf("%s: decoded to %+v", name, p)
		}
	}
}

// AppendTransfer is Append of a Transfer, without its cost.
func TestAppendTransfer(t *testing.T) {
	for _, handle := range []uint32{0, 9, 1 << 31} {
		for _, id := range []uint32{0, 200, 1 << 30} {
			for _, first := range []bool{true, false} {
				b := AppendTransfer([]byte("before"), 3, handle, id, first, true, !first, []byte("payload"))
				if len(b) > len("before")+len("payload")+TransferOverhead {
					t.Errorf("overhead %d", len(b)-len("beforepayload"))
				}
				f, err := NewReader(bytes.NewReader(b[6:]), 1<<16).Next()
				if err != nil {
					t.Fatal(err)
				}
				p, payload, err := Decode(f.Body)
				if err != nil || string(payload) != "payload" || f.Channel != 3 {
					t.Fatalf("%v %q", err, payload)
				}
				want := &Transfer{Handle: handle, Settled: true, More: !first}
				if first {
					want.DeliveryID, want.MessageFormat = Some(id), Some[uint32](0)
					want.DeliveryTag = []byte{byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id)}
				}
				if diff := cmp.Diff(Performative(want), p); diff != "" {
					t.Error(diff)
				}
			}
		}
	}
}

func TestReader(t *testing.T) {
	stream := append(Header(ProtocolSASL), Header(ProtocolAMQP)...)
	stream = Append(stream, KindAMQP, 1, &End{}, nil)
	stream = append(stream, Heartbeat...)
	stream = append(stream, 0, 0, 0, 16, 3, KindAMQP, 0, 2, 0xaa, 0xaa, 0xaa, 0xaa, 0x00, 0x53, 0x17, 0x45) // extended header
	stream = Append(stream, KindAMQP, 3, &Close{}, bytes.Repeat([]byte{1}, 5000))
	for name, src := range map[string]io.Reader{"whole": bytes.NewReader(stream), "by bytes": iotest.OneByteReader(bytes.NewReader(stream))} {
		r := NewReader(src, 1<<16)
		for _, want := range []byte{ProtocolSASL, ProtocolAMQP} {
			if id, err := r.Protocol(); id != want || err != nil {
				t.Fatalf("%s: protocol %d, %v", name, id, err)
			}
		}
		for i, want := range []struct {
			channel uint16
			body    int
		}{{1, 13}, {0, 0}, {2, 4}, {3, 5013}} {
			f, err := r.Next()
			if err != nil || f.Channel != want.channel || len(f.Body) != want.body {
				t.Errorf("%s: frame %d: channel %d, %d bytes, %v", name, i, f.Channel, len(f.Body), err)
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: at the end %v", name, err)
		}
	}
}

// A claimed size costs nothing before the bytes have come.
func TestReaderBuffer(t *testing.T) {
	r := NewReader(bytes.NewReader([]byte{0, 1, 0, 0, 2, 0, 0, 0, 1}), 1<<16)
	if _, err := r.Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a frame: %v", err)
	}
	if len(r.buf) > firstBuffer {
		t.Errorf("the buffer has %d bytes for 9", len(r.buf))
	}
	for _, head := range []string{"00010001 02 00 0000", "ffffffff 02 00 0000", "00000007 02 00 0000", "00000008 01 00 0000", "00000008 03 00 0000", "00000000 00 00 0000"} {
		var malformed *MalformedError
		if _, err := NewReader(bytes.NewReader(unhex(t, head)), 1<<16).Next(); !errors.As(err, &malformed) {
			t.Errorf("%s: %v", head, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, p := range performatives {
		f.Add(p.appendTo(nil))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, payload, err := Decode(body)
		if err != nil {
			return
		}
		encoded := append(p.appendTo(nil), payload...)
		p2, payload2, err := Decode(encoded)
		if err != nil {
			t.Fatalf("%T from %x, encoded to %x: %v", p, body, encoded, err)
		}
		if again := append(p2.appendTo(nil), payload2...); !bytes.Equal(encoded, again) {
			t.Errorf("%T encoded to %x, then to %x", p, encoded, again)
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add(Append(Header(ProtocolAMQP), KindAMQP, 1, &End{}, []byte("x")))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0})
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := NewReader(bytes.NewReader(stream), 1<<12)
		_, _ = r.Protocol()
		total := 0
		for {
			fr, err := r.Next()
			if err != nil {
				break
			}
			total += len(fr.Body) + HeaderSize
		}
		if total > len(stream) || len(r.buf) > max(4*firstBuffer, 2<<12) {
			t.Errorf("%d bytes of frames from %d, buffer %d", total, len(stream), len(r.buf))
		}
	})
}

// Protocol 8.1: lists are written with the nulls at their end, as the service
// writes them; a client that takes fields by index needs them.
func TestWholeLists(t *testing.T) {
	want := map[byte]uint32{
		descOpen: 10, descBegin: 8, descAttach: 14, descFlow: 11, descTransfer: 11, descDisposition: 6,
		descDetach: 3, descEnd: 1, descClose: 1, descMechanisms: 1, descInit: 3, descOutcome: 2,
	}
	for _, p := range []Performative{
		&Open{}, &Begin{}, &Attach{}, &Flow{}, &Transfer{}, &Disposition{}, &Detach{}, &End{}, &Close{}, &Mechanisms{}, &Init{}, &Outcome{},
	} {
		b := p.appendTo(nil) // 00 53 descriptor, d0, size and count of 4 bytes
		if count := binary.BigEndian.Uint32(b[8:]); count != want[b[2]] {
			t.Errorf("%T: %d fields, want %d", p, count, want[b[2]])
		}
	}
	if b := AppendTransfer(nil, 0, 1, 1, true, true, false, nil); b[HeaderSize+5] != 11 {
		t.Errorf("AppendTransfer: % x", b)
	}
}
