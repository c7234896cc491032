package amqp

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// FuzzConnection feeds the server what a client may send: no panic, no hang,
// and nothing left behind. Run it with -fuzzminimizetime 1x: what a server does
// differs from run to run, and to make inputs smaller would take all the time.
func FuzzConnection(f *testing.F) {
	for _, name := range []string{"amqp-capture-azeventhubs-go-2.0.2.txt", "amqp-capture-event-hubs-js-6.0.4.txt"} {
		var stream []byte
		for _, l := range readCapture(f, "testdata/"+name) {
			if l.fromClient {
				stream = append(stream, l.bytes...)
			}
		}
		f.Add(stream)
		f.Add(stream[:len(stream)/2])
	}
	f.Add(deviceStream(f))
	f.Add([]byte("AMQP\x00\x01\x00\x00"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	h := newMemoryHub("myhub", 1)
	h.add(f, 0, 3, 0)
	devices := coreHub{openCore(f, core.Options{Names: []string{"localhost"}})}
	h.deviceBackend, h.serviceBackend = devices, devices
	s := newServer(h, Options{OpenTimeout: time.Second, IdleTimeout: time.Second, WriteTimeout: time.Second})
	f.Fuzz(func(t *testing.T, stream []byte) {
		client, server := net.Pipe()
		done := make(chan struct{})
		go func() {
			s.ServeConn(server)
			close(done)
		}()
		go func() {
			buf := make([]byte, 64<<10)
			for {
				if _, err := client.Read(buf); err != nil {
					return
				}
			}
		}()
		_ = client.SetWriteDeadline(time.Now().Add(5 * time.Second))
		_, _ = client.Write(stream)
		_ = client.Close()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("the connection did not end")
		}
	})
}

// deviceStream is what a client sends that attaches every kind of link of d1 and
// of a service, and sends a message on each.
func deviceStream(t testing.TB) []byte {
	message, err := (&goamqp.Message{
		Properties:            &goamqp.MessageProperties{To: text(toD1), CorrelationID: "1"},
		Annotations:           goamqp.Annotations{"operation": "GET"},
		ApplicationProperties: map[string]any{"IoThub-status": int32(200)},
		Data:                  [][]byte{[]byte("{}")},
	}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	stream := frame.Header(frame.ProtocolAMQP)
	add := func(p frame.Performative, payload ...byte) {
		stream = frame.Append(stream, frame.KindAMQP, 0, p, payload)
	}
	attach := func(handle uint32, address string, payload []byte) {
		add(&frame.Attach{Name: address, Handle: handle, Receiver: true, Source: &frame.Source{Address: address}, Target: &frame.Target{}})
		add(&frame.Flow{IncomingWindow: 10, OutgoingWindow: 10, Handle: frame.Some(handle), DeliveryCount: frame.Some[uint32](0), LinkCredit: frame.Some[uint32](10)})
		add(&frame.Attach{Name: address, Handle: handle + 1, Target: &frame.Target{Address: address}, Source: &frame.Source{}})
		add(&frame.Transfer{Handle: handle + 1, DeliveryID: frame.Some(handle), DeliveryTag: []byte{1}, MessageFormat: frame.Some[uint32](0)}, payload...)
	}
	add(&frame.Open{ContainerID: "c", Hostname: "localhost", MaxFrameSize: 65536})
	add(&frame.Begin{IncomingWindow: 10, OutgoingWindow: 10})
	attach(0, "$cbs", tokenMessage(t, "SharedAccessSignature x"))
	for i, address := range []string{
		"devices/d1/messages/events", toD1, methods, "devices/d1/twin", "devices/d1/modules/m/messages/events",
		toDevices, feedback, "/messages/serviceBound/filenotifications",
	} {
		attach(uint32(2+2*i), address, message)
	}
	return stream
}

// FuzzReadMessage: what passes frame.CheckMessage is safe to give to go-amqp.
func FuzzReadMessage(f *testing.F) {
	f.Add(tokenMessage(f, "SharedAccessSignature sr=x"))
	f.Add(record(f, 1, 10).Payload)
	b, err := (&goamqp.Message{Value: map[string]any{"a": []string{"b"}, "c": map[any]any{int8(1): nil}}}).MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, payload []byte) {
		m, err := readMessage(payload)
		if err != nil {
			return
		}
		q := request{m}
		if _, err := q.respond(response{status: 200, description: "OK"}); err != nil {
			t.Logf("no response: %v", err) // a message-id of a type that cannot be sent
		}
	})
}

// The names of the application properties of any message that is taken are those
// that it has, each once, and what is written of them reads back in their order.
func FuzzPropertyNames(f *testing.F) {
	for _, names := range []string{"", "b a", "zulu alpha mike 10 9", "a a b"} {
		var all frame.Map
		for _, name := range strings.Fields(names) {
			all = append(all, frame.Pair{Key: name, Value: "v"})
		}
		f.Add(appendProperties(nil, all))
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		m, err := readMessage(encoded)
		if err != nil {
			return
		}
		names := propertyNames(m, encoded)
		sorted := slices.Sorted(slices.Values(names))
		if !slices.Equal(sorted, sortedNames(m.ApplicationProperties)) {
			t.Fatalf("%q are not those of %v", names, m.ApplicationProperties)
		}
		var all frame.Map
		for _, name := range names {
			all = append(all, frame.Pair{Key: name, Value: "v"})
		}
		again := appendProperties(nil, all)
		if m, err := readMessage(again); err != nil || len(names) > 0 && !slices.Equal(propertyNames(m, again), names) {
			t.Fatalf("%q do not read back: %v", names, err)
		}
	})
}
