package events

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
)

var soakEvents = flag.Int("soak", 20_000, "how many events TestSoak sends; a million takes several minutes")

// TestSoak sends from several devices through a local hub while connections of senders and of the reader are cut, frozen
// and throttled, tokens end, and the hub is restarted. It counts by id: none lost, and none twice that was not sent twice.
func TestSoak(t *testing.T) {
	const devices = 8
	each := *soakEvents / devices
	s := startStation(t)
	c := newChaos(t, s)
	tally := newTally(devices, each)
	o := s.options()
	o.AMQPAddr, o.HTTPSAddr = c.amqp.addr(), s.hub.Target().HTTPSAddr
	o.RetryMax, o.Timeout = 200*time.Millisecond, 5*time.Second
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	live := make(chan struct{})
	tally.live = sync.OnceFunc(func() { close(live) })
	ctx, stop := soakContext(t)
	var reading sync.WaitGroup
	reading.Go(func() {
		if err := m.Run(ctx, tally); err != nil {
			t.Errorf("the stream ended: %v", err)
		}
	})
	select {
	case <-live:
	case <-time.After(time.Minute):
		t.Fatal("not live")
	}

	began := time.Now()
	var sending sync.WaitGroup
	senders := make([]*device.Client, devices)
	for i := range devices {
		senders[i] = c.device(fmt.Sprintf("wind-%d", i))
	}
	for i, sender := range senders {
		sending.Go(func() { tally.send(t, sender, i) })
	}
	sent := make(chan struct{})
	go func() { sending.Wait(); close(sent) }()
	c.run(tally)
	<-sent
	c.calm()
	stored := stored(t, s)
	for deadline := time.Now().Add(2 * time.Minute); tally.received.Load() < stored && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	reading.Wait()
	t.Logf("%d events stored and %d received in %v: %v", stored, tally.received.Load(), time.Since(began).Round(time.Second), c.done)
	tally.check(t, stored)
}

// A tally counts what comes in, by id and by sequence number.
type tally struct {
	received atomic.Int64
	live     func()

	mu       sync.Mutex
	next     map[string]int64 // by partition: the number that is to come
	came     [][]uint8        // by device and id: how often
	wrong    []string
	notices  []Notice
	alive    map[string]bool
	attempts int

	sends [][]uint8 // by device and id: how often it was written; of the senders
}

func newTally(devices, each int) *tally {
	t := &tally{next: map[string]int64{}, alive: map[string]bool{}}
	for range devices {
		t.came, t.sends = append(t.came, make([]uint8, each)), append(t.sends, make([]uint8, each))
	}
	return t
}

// Events implements Sink.
func (t *tally) Events(batch []Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range batch {
		e := &batch[i]
		if want := t.next[e.Partition]; e.Sequence != want && len(t.wrong) < 10 {
			t.wrong = append(t.wrong, fmt.Sprintf("partition %s: number %d came, want %d", e.Partition, e.Sequence, want))
		}
		t.next[e.Partition] = e.Sequence + 1
		from, id := binary.BigEndian.Uint32(e.Body), binary.BigEndian.Uint32(e.Body[4:])
		t.came[from][id]++
	}
	t.received.Add(int64(len(batch)))
}

// State implements Sink.
func (t *tally) State(s PartitionState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.Notice != nil {
		t.notices = append(t.notices, *s.Notice)
	}
	if s.Phase == Connecting {
		t.attempts++
	}
	t.alive[s.Partition] = s.Phase == Live
	delete(t.alive, "")
	for _, alive := range t.alive {
		if !alive {
			return
		}
	}
	if len(t.alive) == s.Total && t.live != nil {
		t.live()
	}
}

// send sends all of a device, a window at a time, so that receipts do not pile up.
func (t *tally) send(tb testing.TB, c *device.Client, from int) {
	const window = 400
	sends := t.sends[from]
	for n := 0; n < len(sends); n += window {
		receipts := make([]*device.Receipt, 0, window)
		for id := n; id < min(n+window, len(sends)); id++ {
			body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(from)), uint32(id))
			r, err := c.Send(device.Message{Body: body})
			if err != nil {
				tb.Error(err)
				return
			}
			receipts = append(receipts, r)
		}
		for i, r := range receipts {
			<-r.Done()
			if err := r.Err(); err != nil {
				tb.Errorf("device %d, message %d: %v", from, n+i, err)
				return
			}
			sends[n+i] = uint8(min(255, r.Sends()))
		}
	}
}

func (t *tally) check(tb testing.TB, stored int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range t.wrong {
		tb.Error(w)
	}
	for _, n := range t.notices {
		tb.Errorf("notice: %v", n)
	}
	lost, twice, resent := 0, 0, 0
	for from, came := range t.came {
		for id, n := range came {
			switch {
			case n == 0:
				lost++
			case n > t.sends[from][id]:
				twice++
			case n > 1:
				resent++
			}
		}
	}
	tb.Logf("%d ids that the hub has twice, since their confirmation was lost and they were sent again; %d attempts of partitions", resent, t.attempts)
	if lost > 0 || twice > 0 || t.received.Load() != stored {
		tb.Errorf("%d lost, %d twice; %d received of %d stored", lost, twice, t.received.Load(), stored)
	}
}

// chaos is what happens to the hub and to connections.
type chaos struct {
	*station
	random     *rand.Rand
	amqp, mqtt *proxy
	registry   *hub.Client
	done       map[string]int
}

func newChaos(t *testing.T, s *station) *chaos {
	target := s.hub.Target()
	registry, err := hub.New(hub.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { registry.Close() })
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &chaos{
		station: s, random: rand.New(rand.NewPCG(seed, 0)), done: map[string]int{},
		amqp: startProxy(t, target.AMQPAddr), mqtt: startProxy(t, target.MQTTAddr), registry: registry,
	}
}

// device connects through the proxy that is cut.
func (c *chaos) device(id string) *device.Client {
	target := c.hub.Target()
	made, err := c.registry.CreateDevice(c.t.Context(), hub.Device{DeviceID: id})
	if err != nil {
		c.t.Fatal(err)
	}
	d, err := device.New(target.Service.ForDevice(id, made.Auth.Primary), device.Options{MQTTAddr: c.mqtt.addr(), TLS: target.TLS, MessageTimeout: time.Hour})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { closeDevice(c.t, d) })
	if err := d.Connect(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	return d
}

// run does something every now and then until all has come, or nothing comes any more.
func (c *chaos) run(tally *tally) {
	acts := []struct {
		name string
		do   func()
	}{
		{"cut the reader", c.amqp.cut},
		{"cut the reader", c.amqp.cut},
		{"cut the senders", c.mqtt.cut},
		{"freeze the reader", func() { c.amqp.freeze(); c.pause(100); c.amqp.thaw() }},
		{"freeze and cut the reader", func() { c.amqp.freeze(); c.amqp.cut(); c.pause(300); c.amqp.thaw() }},
		{"throttle events", func() {
			c.fault(hub.Fault{Kind: hub.FaultThrottle, Operation: "events", Count: 3})
			c.amqp.cut()
		}},
		{"tokens end", func() {
			c.fault(hub.Fault{Kind: hub.FaultExpire, Protocol: "amqp", After: 300 * time.Millisecond, Count: 2})
			c.amqp.cut()
		}},
		{"answers end in their middle", func() { c.fault(hub.Fault{Kind: hub.FaultCut, Protocol: "amqp", Count: 2}); c.amqp.cut() }},
		{"refuse", func() {
			c.fault(hub.Fault{Kind: hub.FaultRefuse, Protocol: "amqp", For: 200 * time.Millisecond})
			c.amqp.cut()
		}},
		{"restart the hub", func() { c.stop(); c.start() }},
	}
	total := int64(len(tally.sends) * len(tally.sends[0]))
	step := max(800, total/200)
	for next := int64(0); next < total; next += step/2 + c.random.Int64N(step) {
		const patience = time.Minute
		for since := time.Now(); tally.received.Load() < next; time.Sleep(time.Millisecond) {
			if time.Since(since) > patience {
				c.t.Errorf("%d events, and no more in %v", tally.received.Load(), patience)
				return
			}
		}
		act := acts[c.random.IntN(len(acts))]
		if next == 0 {
			act = acts[len(acts)-1] // a short run has a restart, too
		}
		act.do()
		c.done[act.name]++
	}
}

func (c *chaos) pause(ms int) { time.Sleep(time.Duration(1+c.random.IntN(ms)) * time.Millisecond) }

func (c *chaos) fault(f hub.Fault) {
	if _, err := c.registry.SetFaults(c.t.Context(), f); err != nil {
		c.t.Error(err)
	}
}

func (c *chaos) calm() {
	if err := c.registry.ClearFaults(c.t.Context()); err != nil {
		c.t.Error(err)
	}
}

// stored is how many events the hub has.
func stored(t *testing.T, s *station) (n int64) {
	c, err := open(soon(t), Options{EventHub: new(s.hub.EventHub())}.withDefaults(), directEndpoint(Options{EventHub: new(s.hub.EventHub())}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, p := range c.begin {
		n += p.LastEnqueuedSequenceNumber + 1
	}
	return n
}

func soakContext(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}
