package mqtt

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// silenceOf tells after how long a read of a silent connection fails.
func silenceOf(t *testing.T, prepare func(*pulse)) time.Duration {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	p := newPulse(near, time.Second, time.Second)
	prepare(p)
	start := time.Now()
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return time.Since(start)
}

// Protocol 4.1.10.
func TestKeepAlive(t *testing.T) {
	for _, c := range []struct {
		seconds uint16
		want    time.Duration
	}{
		{1, 1500 * time.Millisecond},
		{180, 270 * time.Second},
		{1177, 1765500 * time.Millisecond},
		{1178, 1767 * time.Second},
		{65535, 1767 * time.Second},
		{0, 1767 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			if got := silenceOf(t, func(p *pulse) { p.keepAlive(c.seconds) }); got != c.want {
				t.Errorf("keep-alive %d s ends after %s, want %s", c.seconds, got, c.want)
			}
		})
	}
}

// Bytes alone do not keep a connection alive, whole packets do.
func TestTricklingBytesAreSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		p := newPulse(near, time.Second, time.Second)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				if _, err := far.Write([]byte{0}); err != nil {
					return
				}
				time.Sleep(300 * time.Millisecond)
			}
		}()
		start, n := time.Now(), 0
		for {
			if _, err := p.Read(make([]byte, 1)); err != nil {
				break
			}
			if n++; n == 2 {
				p.packetCame() // after 300 ms
			}
		}
		if got := time.Since(start); got != 1300*time.Millisecond {
			t.Errorf("ended after %s", got)
		}
		near.Close()
		<-ended
	})
}

func TestStoppedPulseStaysStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if silenceOf(t, func(p *pulse) { p.stop() }) != 0 {
			t.Errorf("ended after %s", time.Since(start))
		}
	})
}
