package events

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/hub/localhub/amqp/frame"
)

// A meddler stands between reader and hub, understands AMQP, and says to the reader what this hub never says.
type meddler struct {
	t testing.TB
	l net.Listener
	// refuse are the answers to the next receivers of partitions; nil lets one pass. Guarded by mu.
	mu      sync.Mutex
	refuse  []*frame.Error
	links   map[string]*meddled // receivers by partition; guarded by mu
	running sync.WaitGroup
}

// A meddled connection writes to the reader.
type meddled struct {
	channel uint16
	handle  uint32
	mu      *sync.Mutex // of the connection: held while writing
	conn    net.Conn
	gone    bool // the reader was told that the link has ended
}

func startMeddler(t testing.TB, to string) *meddler {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &meddler{t: t, l: l, links: map[string]*meddled{}}
	var mu sync.Mutex
	var conns []net.Conn
	m.running.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				_ = near.Close()
				continue
			}
			mu.Lock()
			conns = append(conns, near, far)
			mu.Unlock()
			m.running.Go(func() {
				_, _ = io.Copy(far, near)
				_ = far.Close()
			})
			m.running.Go(func() {
				m.meddle(near, far)
				_ = near.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		m.running.Wait()
	})
	return m
}

// meddle passes frames of the hub on.
func (m *meddler) meddle(near, far net.Conn) {
	var writing sync.Mutex
	write := func(b []byte) {
		writing.Lock()
		defer writing.Unlock()
		_, _ = near.Write(b)
	}
	r := frame.NewReader(far, 1<<20)
	for range 2 { // SASL, AMQP
		protocol, err := r.Protocol()
		if err != nil {
			return
		}
		write(frame.Header(protocol))
		for {
			f, err := r.Next()
			if err != nil {
				return
			}
			if len(f.Body) == 0 {
				write(frame.Heartbeat)
				continue
			}
			p, payload, err := frame.Decode(f.Body)
			if err != nil {
				m.t.Errorf("a frame of the hub: %v", err)
				return
			}
			if out := m.change(f.Channel, p, &writing, near); out != nil {
				write(out)
			} else if !m.swallow(f.Channel, p, near) {
				write(frame.Append(nil, f.Kind, f.Channel, p, payload))
			}
			if _, done := p.(*frame.Outcome); done {
				break
			}
		}
	}
}

// change gives what goes to the reader in place of an attach that is refused; nil for all else.
func (m *meddler) change(channel uint16, p frame.Performative, writing *sync.Mutex, near net.Conn) []byte {
	a, ok := p.(*frame.Attach)
	if !ok || a.Source == nil {
		return nil
	}
	_, partition, ok := strings.Cut(a.Source.Address, "/Partitions/")
	if !ok {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	link := &meddled{channel: channel, handle: a.Handle, mu: writing, conn: near}
	m.links[partition] = link
	if len(m.refuse) == 0 {
		return nil
	}
	reason := m.refuse[0]
	m.refuse = m.refuse[1:]
	if reason == nil {
		return nil
	}
	link.gone = true
	a.Source, a.Target = nil, nil
	out := frame.Append(nil, frame.KindAMQP, channel, a, nil)
	return frame.Append(out, frame.KindAMQP, channel, &frame.Detach{Handle: a.Handle, Closed: true, Error: reason}, nil)
}

// swallow tells whether a frame is of a link that the reader takes for ended.
func (m *meddler) swallow(channel uint16, p frame.Performative, near net.Conn) bool {
	var handle uint32
	switch p := p.(type) {
	case *frame.Transfer:
		handle = p.Handle
	case *frame.Detach:
		handle = p.Handle
	default:
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, link := range m.links {
		if link.conn == near && link.channel == channel && link.handle == handle {
			return link.gone
		}
	}
	return false
}

// link is that of the receiver of a partition. A reader may be live a moment before its attach was answered.
func (m *meddler) link(partition string) *meddled {
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(time.Millisecond) {
		m.mu.Lock()
		link := m.links[partition]
		m.mu.Unlock()
		if link != nil {
			return link
		}
	}
	m.t.Fatalf("no receiver of partition %s", partition)
	return nil
}

// detach ends the receiver of a partition.
func (m *meddler) detach(partition string, reason *frame.Error) {
	link := m.link(partition)
	m.mu.Lock()
	link.gone = true
	m.mu.Unlock()
	link.write(&frame.Detach{Handle: link.handle, Closed: true, Error: reason})
}

// close ends the connection of the receiver of a partition.
func (m *meddler) close(partition string, reason *frame.Error) {
	link := m.link(partition)
	link.mu.Lock()
	defer link.mu.Unlock()
	_, _ = link.conn.Write(frame.Append(nil, frame.KindAMQP, 0, &frame.Close{Error: reason}, nil))
}

func (l *meddled) write(p frame.Performative) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.conn.Write(frame.Append(nil, frame.KindAMQP, l.channel, p, nil))
}
