package amqp

import (
	"net"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"
)

// FuzzConnection feeds the server what a client may send: no panic, no hang,
// and nothing left behind.
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
	f.Add([]byte("AMQP\x00\x01\x00\x00"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	h := newMemoryHub("myhub", 1)
	h.add(f, 0, 3, 0)
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
