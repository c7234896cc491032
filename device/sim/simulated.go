package sim

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"hubscope/device"
	"hubscope/hub/connstr"
)

// Simulated is one simulated device. It is safe for concurrent use.
type Simulated struct {
	deviceID string
	o        Options
	client   *device.Client // nil when it could not even be made
	random   *rand.Rand     // of the run goroutine
	runID    string

	stop     chan struct{} // closed when asked to stop
	stopOnce sync.Once
	grace    context.Context // ends when nobody waits for confirmations any more
	endGrace context.CancelFunc
	online   chan struct{} // capacity 1: connected
	broken   chan error    // capacity 1: an error that trying again does not mend
	retime   chan struct{} // capacity 1: the interval was changed
	done     chan struct{} // closed when everything has ended

	mu     sync.Mutex
	record record // guarded by mu
}

// Start begins to simulate a device and returns at once; how it goes is told by Status. It ends by
// Stop, when ctx ends, or by itself, when its state is Failed.
func Start(ctx context.Context, cs connstr.Device, o Options) *Simulated {
	o = o.withDefaults()
	s := &Simulated{
		deviceID: cs.DeviceID, o: o, random: newRandom(o.Seed, cs.DeviceID), runID: newRun(),
		stop: make(chan struct{}), done: make(chan struct{}),
		online: make(chan struct{}, 1), broken: make(chan error, 1), retime: make(chan struct{}, 1),
		record: newRecord(cs.DeviceID, o),
	}
	s.grace, s.endGrace = context.WithCancel(context.Background())
	var err error
	s.client, err = device.New(cs, s.deviceOptions())
	if err == nil {
		err = s.client.Start()
	}
	if err != nil {
		s.record.enter(Failed, err, time.Now())
		s.endGrace()
		close(s.done)
		return s
	}
	release := context.AfterFunc(ctx, s.RequestStop)
	go s.run(release)
	return s
}

// newRandom mixes the id into the seed, so that the devices of a fleet differ from each other.
func newRandom(seed uint64, deviceID string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(deviceID))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

func (s *Simulated) deviceOptions() device.Options {
	o := s.o.Device
	toldState, toldReceipt := o.OnState, o.OnReceipt
	o.OnState = func(st device.State) {
		s.onState(st)
		if toldState != nil {
			toldState(st)
		}
	}
	o.OnReceipt = func(r *device.Receipt) {
		s.onReceipt(r)
		if toldReceipt != nil {
			toldReceipt(r)
		}
	}
	return o
}

// run sends messages on schedule until something ends it, and then ends the connection.
func (s *Simulated) run(release func() bool) {
	defer close(s.done)
	defer s.endGrace()
	defer release()
	if err := s.work(); err != nil {
		s.quit(err)
		return
	}
	s.enter(Stopping, nil)
	ctx, cancel := context.WithTimeout(s.grace, s.o.StopTimeout)
	defer cancel()
	_ = s.client.Close(ctx) // what was not confirmed is counted by the receipts
	s.enter(Stopped, nil)
}

// work returns nil when asked to stop, or the error that makes going on useless.
func (s *Simulated) work() error {
	select {
	case <-s.online:
	case err := <-s.broken:
		return err
	case <-s.stop:
		return nil
	}
	plan := schedule{start: time.Now(), interval: s.Status().Interval}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 1; ; {
		select {
		case <-timer.C:
			s.send(n)
			n++
			plan.keep(time.Now())
		case <-s.retime:
			plan.change(s.Status().Interval, time.Now())
		case err := <-s.broken:
			return err
		case <-s.stop:
			return nil
		}
		timer.Reset(time.Until(plan.next()))
	}
}

// quit ends a device whose hub does not want it. There is no connection to wait for.
func (s *Simulated) quit(err error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.client.Close(ctx)
	s.enter(Failed, err)
}

func (s *Simulated) send(n int) {
	m := s.o.Profile.Next(n, s.deviceID, s.random)
	s.mu.Lock()
	m.Tag = s.record.sending(m, time.Now())
	s.mu.Unlock()
	if !s.o.NoProof {
		m = prove(m, s.runID, n, time.Now())
	}
	if _, err := s.client.Send(m); err != nil {
		s.mu.Lock()
		s.record.refused(m.Tag.(int), err)
		s.mu.Unlock()
	}
}

// onReceipt runs on goroutines of the client.
func (s *Simulated) onReceipt(r *device.Receipt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.receipt(r, time.Now())
}

// onState runs on a goroutine of the client, and for it alone.
func (s *Simulated) onState(st device.State) {
	s.mu.Lock()
	s.record.connection(st)
	s.mu.Unlock()
	if st.Phase == device.Connected {
		offer(s.online, struct{}{})
	}
	if device.Lasting(st.Err) {
		offer(s.broken, st.Err)
	}
}

func offer[T any](c chan T, v T) {
	select {
	case c <- v:
	default:
	}
}

func (s *Simulated) enter(state State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.enter(state, err, time.Now())
}

// RequestStop asks the device to stop and returns at once; see Done.
func (s *Simulated) RequestStop() { s.stopOnce.Do(func() { close(s.stop) }) }

// Done is closed when the device has stopped or failed and all of it has ended.
func (s *Simulated) Done() <-chan struct{} { return s.done }

// Stop asks the device to stop and waits until it has: messages on their way are confirmed, or counted as
// failed when ctx or the stop time-out ends first. The error is ctx's in that case.
func (s *Simulated) Stop(ctx context.Context) error {
	s.RequestStop()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	s.endGrace()
	<-s.done
	return fmt.Errorf("stop simulated device %q: %w", s.deviceID, ctx.Err())
}

// SetInterval changes the time between messages at once, to at least MinInterval.
func (s *Simulated) SetInterval(d time.Duration) {
	s.mu.Lock()
	s.record.interval = max(d, MinInterval)
	s.mu.Unlock()
	offer(s.retime, struct{}{})
}

// Status is a snapshot. It costs a short lock and a look through a small histogram.
func (s *Simulated) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record.status()
}

// Log is a copy of the last entries, oldest first.
func (s *Simulated) Log() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record.log.all()
}
