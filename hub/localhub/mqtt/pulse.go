package mqtt

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"sync/atomic"
	"time"
)

// maxSilence is the longest that a device may be silent, whatever its keep-alive (protocol 4.1).
const maxSilence = 1767 * time.Second

// past is a deadline that ends reads and writes at once.
var past = time.Unix(1, 0)

// pulse is the connection with its time-outs. A read fails when no whole packet has come for silence,
// counted from the last one (half a packet, byte by byte, does not keep a connection alive), a write
// when it takes longer than writeLimit.
type pulse struct {
	net.Conn
	writeLimit time.Duration

	noReads, noWrites atomic.Bool

	// Of the reading goroutine.
	silence time.Duration
	beat    bool // a packet has come since the deadline was set
}

func newPulse(c net.Conn, silence, writeLimit time.Duration) *pulse {
	return &pulse{Conn: c, silence: silence, writeLimit: writeLimit, beat: true}
}

// keepAlive sets how long the device may be silent: one and a half times what it announced in seconds;
// 0, which means for ever in MQTT, is the longest (protocol 4.1).
func (p *pulse) keepAlive(seconds uint16) {
	p.silence = time.Duration(seconds) * time.Second * 3 / 2
	if p.silence == 0 || p.silence > maxSilence {
		p.silence = maxSilence
	}
	p.beat = true
}

// certificates are those that the client has shown, its own first. WebSockets pass on what they run over.
func (p *pulse) certificates() []*x509.Certificate {
	secure, ok := p.Conn.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return nil
	}
	return secure.ConnectionState().PeerCertificates
}

// packetCame starts the silence anew.
func (p *pulse) packetCame() { p.beat = true }

func (p *pulse) Read(b []byte) (int, error) {
	if p.beat {
		p.beat = false
		if err := arm(p.SetReadDeadline, p.silence, &p.noReads); err != nil {
			return 0, err
		}
	}
	return p.Conn.Read(b)
}

func (p *pulse) Write(b []byte) (int, error) {
	if err := arm(p.SetWriteDeadline, p.writeLimit, &p.noWrites); err != nil {
		return 0, err
	}
	n, err := p.Conn.Write(b)
	if err == nil {
		p.disarmWrites()
	}
	return n, err
}

// disarmWrites takes the write deadline away: TLS may write while it reads (a change of keys), which must
// not meet an old one. What goes wrong here shows at the next read or write.
func (p *pulse) disarmWrites() {
	p.SetWriteDeadline(time.Time{})
	if p.noWrites.Load() {
		p.SetWriteDeadline(past)
	}
}

// arm sets a deadline, unless the direction was stopped, before or meanwhile.
func arm(set func(time.Time) error, limit time.Duration, stopped *atomic.Bool) error {
	if err := set(time.Now().Add(limit)); err != nil {
		return err
	}
	if stopped.Load() {
		return set(past)
	}
	return nil
}

// stopReads ends reads at once and for good.
func (p *pulse) stopReads() {
	p.noReads.Store(true)
	p.SetReadDeadline(past)
}

// stop ends reads and writes at once and for good. It does not wait: closing a TLS connection may, for a
// peer that does not read.
func (p *pulse) stop() {
	p.noReads.Store(true)
	p.noWrites.Store(true)
	p.SetDeadline(past)
}
