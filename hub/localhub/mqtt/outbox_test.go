package mqtt

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// gate is a writer that lets writes through one by one.
type gate struct {
	pass   chan struct{}
	writes [][]byte
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.pass
	g.writes = append(g.writes, bytes.Clone(p))
	return len(p), nil
}

func TestOutboxWritesTogetherWhatCameMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{pass: make(chan struct{})}
		o := newOutbox(g)
		ended := make(chan error, 1)
		go func() { ended <- o.run() }()

		acknowledge := func(id uint16) {
			o.begin(10)
			o.finish(10, id)
		}
		acknowledge(1)
		synctest.Wait() // the first write waits at the gate
		acknowledge(2)
		acknowledge(3)
		o.close()
		acknowledge(4) // too late
		close(g.pass)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if len(g.writes) != 2 {
			t.Fatalf("%d writes instead of 2", len(g.writes))
		}
		if got, want := bytes.Join(g.writes, nil), []byte{0x40, 2, 0, 1, 0x40, 2, 0, 2, 0x40, 2, 0, 3}; !bytes.Equal(got, want) {
			t.Errorf("wrote % x, want % x", got, want)
		}
	})
}

func TestOutboxHoldsBackAtItsBounds(t *testing.T) {
	for name, size := range map[string]int{"messages": 0, "bytes": maxInFlightBytes / 8} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOutbox(&bytes.Buffer{})
				passed := make(chan int)
				go func() {
					n := 0
					for o.begin(size) {
						n++
					}
					passed <- n
				}()
				synctest.Wait()
				before := o.inFlight
				o.finish(size, 0)
				synctest.Wait()
				if o.inFlight != before {
					t.Errorf("%d in flight after one more, before it was %d", o.inFlight, before)
				}
				o.close()
				if got := <-passed; got != before+1 {
					t.Errorf("%d passed, want %d", got, before+1)
				}
				if before > maxInFlight || size > 0 && before != 8 {
					t.Errorf("%d were in flight", before)
				}
			})
		})
	}
}

func TestOutboxBoundsWhatIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(&bytes.Buffer{}) // nobody writes
		sent := make(chan error)
		go func() {
			for {
				if err := o.send(puback(1)); err != nil {
					sent <- err
					return
				}
			}
		}()
		synctest.Wait()
		if n := len(o.unsent); n < maxUnsent || n > maxUnsent+8 {
			t.Errorf("%d bytes wait", n)
		}
		o.close()
		if err := <-sent; !errors.Is(err, errEnded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOutboxWaitsForWhatIsBeingStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(&bytes.Buffer{})
		o.begin(1)
		start := time.Now()
		time.AfterFunc(time.Second, func() { o.finish(1, 5) })
		o.drained()
		if time.Since(start) != time.Second {
			t.Error("did not wait")
		}
	})
}

func TestOutboxReportsDeadWriter(t *testing.T) {
	broken := errors.New("broken")
	o := newOutbox(writerFunc(func([]byte) (int, error) { return 0, broken }))
	if err := o.send(packets.NewControlPacket(packets.Pingresp)); err != nil {
		t.Fatal(err)
	}
	if err := o.run(); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if o.begin(1) {
		t.Error("takes more after its end")
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
