package amqp

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/localhub/amqp/frame"
)

type captured struct {
	fromClient bool
	bytes      []byte
}

// readCapture reads a byte capture of an unmodified SDK.
func readCapture(t testing.TB, path string) []captured {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []captured
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		parts := strings.Fields(lines.Text())
		if len(parts) != 3 || parts[0] == "#" {
			continue
		}
		b, err := hex.DecodeString(parts[2])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, captured{parts[1] == "C>S", b})
	}
	return out
}

// recorder keeps what a server sends.
type recorder struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *recorder) copyFrom(nc net.Conn) {
	b := make([]byte, 4096)
	for {
		n, err := nc.Read(b)
		r.mu.Lock()
		r.buf.Write(b[:n])
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// bytes returns all that came.
func (r *recorder) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.buf.Bytes())
}

// TestCapture replays what unmodified SDKs sent, line by line, and checks that
// each got the answers that it goes on with (protocol 7.2, 7.3).
// Protocol 6.2.2, 7.2.1, 7.3.1.
func TestCapture(t *testing.T) {
	for _, name := range []string{"amqp-capture-azeventhubs-go-2.0.2.txt", "amqp-capture-event-hubs-js-6.0.4.txt"} {
		t.Run(name, func(t *testing.T) {
			lines := readCapture(t, "testdata/"+name)
			synctest.Test(t, func(t *testing.T) { replay(t, lines) })
		})
	}
}

func replay(t *testing.T, lines []captured) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 3, 0)
	s := newServer(h, Options{})
	client, server := net.Pipe()
	go s.ServeConn(server)
	var rec recorder
	go rec.copyFrom(client)
	for _, l := range lines {
		if !l.fromClient {
			continue
		}
		if _, err := client.Write(l.bytes); err != nil {
			t.Fatalf("write: %v", err)
		}
		synctest.Wait()
	}
	client.Close()
	synctest.Wait()
	checkReplay(t, rec.bytes())
}

func checkReplay(t *testing.T, answers []byte) {
	t.Helper()
	seen := map[string]int{}
	for _, d := range decodeStream(t, answers) {
		switch p := d.performative.(type) {
		case *frame.Attach:
			if p.Source == nil || p.Target == nil {
				t.Errorf("link %q was refused", p.Name)
			}
		case *frame.Detach:
			failOn(t, "detach", p.Error)
		case *frame.End:
			failOn(t, "end", p.Error)
		case *frame.Close:
			failOn(t, "close", p.Error)
			seen["close"]++
		case *frame.Transfer:
			seen[kindOf(t, d.payload)]++
		}
	}
	if seen["event"] != 3 || seen["status 200"] != 4 || seen["close"] != 1 {
		t.Errorf("got %v, want 3 events, 4 replies, 1 close", seen)
	}
}

func failOn(t *testing.T, what string, err *frame.Error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// kindOf tells an event from a reply and its status.
func kindOf(t *testing.T, payload []byte) string {
	t.Helper()
	m, err := readMessage(payload)
	if err != nil {
		t.Fatalf("message: %v", err)
	}
	if status, ok := m.ApplicationProperties["status-code"].(int32); ok {
		return fmt.Sprintf("status %d", status)
	}
	if _, ok := m.Annotations["x-opt-sequence-number"].(int64); ok {
		return "event"
	}
	return "unknown"
}

type decoded struct {
	frame.Frame
	performative frame.Performative
	payload      []byte
}

// decodeStream decodes one direction of a connection, and checks that each
// frame, encoded again, decodes to the same.
func decodeStream(t *testing.T, stream []byte) []decoded {
	t.Helper()
	r := frame.NewReader(bytes.NewReader(stream), maxFrame)
	var out []decoded
	for {
		if _, err := r.Protocol(); err != nil && len(out) == 0 {
			t.Fatalf("protocol header: %v", err)
		}
		for {
			f, err := r.Next()
			if err == io.EOF {
				return out
			}
			if err != nil {
				t.Fatalf("frame %d: %v", len(out), err)
			}
			if len(f.Body) == 0 {
				continue
			}
			f.Body = bytes.Clone(f.Body)
			out = append(out, decodeFrame(t, f))
			if endsSASL(out[len(out)-1].performative) {
				break
			}
		}
	}
}

// endsSASL tells whether a protocol header comes next.
func endsSASL(p frame.Performative) bool {
	switch p.(type) {
	case *frame.Outcome, *frame.Init:
		return true
	}
	return false
}

func decodeFrame(t *testing.T, f frame.Frame) decoded {
	t.Helper()
	p, payload, err := frame.Decode(f.Body)
	if err != nil {
		t.Fatalf("decode %x: %v", f.Body, err)
	}
	again := frame.Append(nil, f.Kind, f.Channel, p, payload)
	p2, payload2, err := frame.Decode(again[frame.HeaderSize:])
	if err != nil {
		t.Fatalf("decode again %x: %v", again, err)
	}
	if diff := cmp.Diff(p, p2, cmp.AllowUnexported(frame.Array{})); diff != "" || !bytes.Equal(payload, payload2) {
		t.Errorf("%T differs after a round trip: %s", p, diff)
	}
	return decoded{f, p, payload}
}

// The S>C lines are an independent check of the codec: what is decoded and
// encoded again must decode to the same.
// Protocol 7.2.1, 7.3.1.
func TestCaptureRoundTrip(t *testing.T) {
	for _, name := range []string{"amqp-capture-azeventhubs-go-2.0.2.txt", "amqp-capture-event-hubs-js-6.0.4.txt"} {
		for _, fromClient := range []bool{true, false} {
			var stream []byte
			for _, l := range readCapture(t, "testdata/"+name) {
				if l.fromClient == fromClient {
					stream = append(stream, l.bytes...)
				}
			}
			if n := len(decodeStream(t, stream)); n < 20 {
				t.Errorf("%s: %d frames", name, n)
			}
		}
	}
}
