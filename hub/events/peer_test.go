package events

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// A peer is a TLS server on loopback that does what no good hub does.
type peer struct {
	addr  string
	trust *tls.Config
}

// startPeer gives each connection to do, which may block until ctx ends.
func startPeer(t *testing.T, do func(ctx context.Context, conn net.Conn)) peer {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // for its certificate, which names 127.0.0.1
	defer certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certified.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				do(ctx, conn)
			})
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = listener.Close()
		running.Wait()
	})
	return peer{addr: listener.Addr().String(), trust: &tls.Config{RootCAs: roots}}
}

func (p peer) options() Options {
	return Options{
		Service:  connstr.Service{HostName: "127.0.0.1", PolicyName: "service", Key: secret.New("c2VjcmV0")},
		AMQPAddr: p.addr, TLS: p.trust, Timeout: 5 * time.Second,
	}
}

// closes reads a little, so that TLS is agreed upon, and leaves.
func closes(_ context.Context, conn net.Conn) { _, _ = conn.Read(make([]byte, 8)) }

func TestDiscoverTellsWhatIsWrong(t *testing.T) {
	hang := func(ctx context.Context, conn net.Conn) {
		go func() { // keep reading, so that only the answer is missing
			for buf := make([]byte, 512); ; {
				if _, err := conn.Read(buf); err != nil {
					return
				}
			}
		}()
		<-ctx.Done()
	}
	says := func(what string) func(context.Context, net.Conn) {
		return func(_ context.Context, conn net.Conn) {
			_, _ = conn.Read(make([]byte, 8))
			_, _ = conn.Write([]byte(what))
		}
	}
	for _, test := range []struct {
		name   string
		do     func(context.Context, net.Conn)
		change func(*Options)
		kind   error
		words  string
	}{
		{"hangs", hang, func(o *Options) { o.Timeout = 50 * time.Millisecond }, ErrTimeout, "does not answer"},
		{"closes at once", closes, nil, ErrConnectionLost, "ended"},
		{"cut in the middle of a frame", says("AMQP\x03\x01\x00\x00\x00\x00\x00\x40\x02\x01"), nil, ErrConnectionLost, "ended"},
		{"speaks HTTP", says("HTTP/1.1 400 Bad Request\r\n\r\n"), nil, ErrNotIoTHub, "does not speak AMQP"},
		{"refuses SASL", says("AMQP\x00\x01\x00\x00"), nil, ErrNotIoTHub, "does not answer like an IoT Hub"},
		{"certificate of an unknown authority", hang, func(o *Options) { o.TLS = nil }, ErrUntrusted, "is signed by itself: it is for example.com"},
		{"certificate of another host", hang, func(o *Options) { o.Service.HostName = "other" }, ErrUntrusted, "answers for other is another host's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := startPeer(t, test.do).options()
			if test.change != nil {
				test.change(&o)
			}
			_, err := Discover(t.Context(), o)
			if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.words) {
				t.Errorf("%v, want %v with %q", err, test.kind, test.words)
			}
		})
	}
}

func TestDiscoverWithNobodyThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := peer{addr: listener.Addr().String()}.options()
	_ = listener.Close()
	if _, err := Discover(t.Context(), o); !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v, want ErrUnreachable, refused", err)
	}
}

func TestDiscoverOnAPortThatSpeaksNoTLS(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var serving sync.WaitGroup
	defer serving.Wait()
	serving.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("220 mail.example ESMTP\r\n"))
	})
	_, err = Discover(t.Context(), peer{addr: listener.Addr().String()}.options())
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "does not speak TLS") {
		t.Errorf("%v, want ErrUnreachable, no TLS", err)
	}
}

func TestDiscoverWithAKeyThatIsNoKey(t *testing.T) {
	o := startPeer(t, func(ctx context.Context, conn net.Conn) { <-ctx.Done() }).options()
	o.Service.Key = secret.New("not base64!")
	_, err := Discover(t.Context(), o)
	if !errors.Is(err, ErrUnauthorized) || strings.Contains(err.Error(), "not base64!") {
		t.Errorf("%v, want ErrUnauthorized without the key", err)
	}
}

func TestRunRetriesAHostThatDoesNotAnswer(t *testing.T) {
	o := startPeer(t, closes).options()
	o.RetryMin, o.RetryMax = time.Millisecond, 2*time.Millisecond
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(soon(t))
	var states []PartitionState
	err = m.Run(ctx, sinkFuncs{state: func(s PartitionState) {
		states = append(states, s)
		if s.Phase == Retrying && s.Attempt == 4 {
			cancel()
		}
	}})
	if err != nil {
		t.Errorf("Run: %v, want nil for a context that ended", err)
	}
	for i, s := range states[:len(states)-1] {
		want := []Phase{Connecting, Retrying}[i%2]
		if s.Phase != want || s.Attempt != 1+(i+1)/2 || s.Partition != "" {
			t.Errorf("state %d: %+v, want %v of attempt %d", i, s, want, 1+(i+1)/2)
		}
		if s.Phase == Retrying && (!errors.Is(s.Err, ErrConnectionLost) || s.RetryIn <= 0) {
			t.Errorf("state %d: %v, in %v", i, s.Err, s.RetryIn)
		}
	}
	if last := states[len(states)-1]; last.Phase != Stopped || last.Err != nil {
		t.Errorf("at the end: %+v", last)
	}
}

func TestRunEndsWhereWaitingDoesNotHelp(t *testing.T) {
	o := startPeer(t, closes).options()
	o.TLS = nil
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	var last PartitionState
	err = m.Run(soon(t), sinkFuncs{state: func(s PartitionState) { last = s }})
	if !errors.Is(err, ErrUntrusted) || last.Phase != Stopped || !errors.Is(last.Err, ErrUntrusted) {
		t.Errorf("Run: %v, last state %+v", err, last)
	}
}

func TestNewWantsAHub(t *testing.T) {
	for _, o := range []Options{{}, {EventHub: &connstr.EventHub{Host: "h"}}} {
		if _, err := New(o); err == nil {
			t.Errorf("New(%+v) took it", o)
		}
	}
}

// soon is a context that ends a test which would otherwise wait for ever.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// sinkFuncs is a Sink of functions; nil ones ignore.
type sinkFuncs struct {
	events func([]Event)
	state  func(PartitionState)
}

func (s sinkFuncs) Events(batch []Event) {
	if s.events != nil {
		s.events(batch)
	}
}

func (s sinkFuncs) State(state PartitionState) {
	if s.state != nil {
		s.state(state)
	}
}
