package sim

import (
	"context"
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
	runID    string
	cs       connstr.Device
	gen      generator
	o        *Options
	client   *device.Client // nil when it could not even be made
	sched    *scheduler
	job      job
	done     chan struct{} // closed when everything has ended

	busy      sync.Mutex     // held while the job runs
	reporting sync.WaitGroup // of the goroutine that reports, when there is one

	mu          sync.Mutex
	record      record       // guarded by mu, as is all below
	kinds       []kind       // the first is the main one
	number      int          // of the last message
	begun       bool         // it was connected once
	ending      bool         // it was asked to stop, or must
	troubles    troubles     // its faults
	later       FaultPlan    // those that begin with the first connection
	condition   condition    // what the faults made of it
	rekeyed     time.Time    // when it got its right key back
	stirred     bool         // a fault began or ended: condition is old
	held        heldMessages // messages that faults hold back
	pausedUntil time.Time    // by the gate
	hasTurn     bool         // at pausedUntil
	introduced  bool         // it has begun to report its first properties
	owed        []owed       // reported properties that the hub does not have yet
	endReports  func()       // nil before the first
	rival       rival        // another program that may have the identity
	endGrace    func()       // makes an end that waits for confirmations wait no longer; nil before
}

// Start begins to simulate a device and returns at once; how it goes is told by Status. It ends by
// Stop, when ctx ends, or by itself, when its state is Failed.
func Start(ctx context.Context, cs connstr.Device, o Options) *Simulated {
	o = o.withDefaults()
	room := &logRoom{limit: o.LogSize}
	s := start(cs, &o, newScheduler(), room)
	if ctx.Done() != nil {
		release := context.AfterFunc(ctx, s.RequestStop)
		go func() {
			<-s.done
			release()
		}()
	}
	return s
}

// start simulates a device among others, with which it shares the options, the scheduler and the room for logs.
func start(cs connstr.Device, o *Options, sched *scheduler, room *logRoom) *Simulated {
	s := newSimulated(cs, o, sched, room)
	client, err := device.New(cs, s.deviceOptions())
	if err == nil {
		s.client = client
		sched.enter(&s.job)
		err = client.Start()
	}
	if err != nil {
		s.end(err)
	}
	return s
}

// newSimulated is a device without a client.
func newSimulated(cs connstr.Device, o *Options, sched *scheduler, room *logRoom) *Simulated {
	s := &Simulated{
		deviceID: cs.DeviceID, runID: newRun(), cs: cs, o: o, sched: sched, done: make(chan struct{}),
		gen: o.newGenerator(cs.DeviceID), later: o.Faults, kinds: o.kinds(), condition: condition{charge: 1},
	}
	s.record.since, s.record.log.room = time.Now(), room
	s.job.run = s.tick
	room.devices.Add(1)
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
	s.listen(&o)
	return o
}

// onReceipt runs on goroutines of the client.
func (s *Simulated) onReceipt(r *device.Receipt) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.receipt(r, r.Tag.(*passage), now)
}

// onState runs on a goroutine of the client, and for it alone.
func (s *Simulated) onState(st device.State) {
	now := time.Now()
	s.mu.Lock()
	st.Err = s.lost(st, now)
	s.record.connection(st)
	first := st.Phase == device.Connected && !s.begun
	if first {
		s.begin(now)
	}
	useless := (device.Lasting(st.Err) || s.rival.wins(st, now, s.o.Device.Backoff.Max)) && st.RetryIn > 0 && !s.heals(now)
	s.mu.Unlock()
	if first {
		s.sched.wake(&s.job, now)
	}
	if useless {
		s.end(st.Err)
	}
}

// begin starts the schedules and the faults with the first connection. Needs mu.
func (s *Simulated) begin(now time.Time) {
	s.begun = true
	for k := range s.kinds {
		kind := &s.kinds[k]
		kind.plan = schedule{start: now, interval: kind.interval, spread: s.spread(k)}
	}
	for _, f := range s.later {
		s.troubles.add(f, now, s.o.Seed, s.deviceID)
	}
	s.later = nil
}

func offer[T any](c chan T, v T) {
	select {
	case c <- v:
	default:
	}
}

// SetInterval changes the time between messages of the main kind at once, to at least MinInterval.
func (s *Simulated) SetInterval(d time.Duration) {
	now := time.Now()
	s.mu.Lock()
	s.setInterval(0, d, now)
	s.mu.Unlock()
	s.sched.wake(&s.job, now)
}

// setInterval changes that of a kind. Needs mu.
func (s *Simulated) setInterval(k int, d time.Duration, now time.Time) {
	if k >= len(s.kinds) {
		return
	}
	kind := &s.kinds[k]
	kind.interval = max(d, MinInterval)
	s.retime(kind, now)
}

// Status is a snapshot. It costs a short lock and a look through small histograms.
func (s *Simulated) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Status{DeviceID: s.deviceID, Profile: s.o.Profile.Name, Seed: s.o.Seed, Held: len(s.held), Faults: s.troubles.active()}
	if len(s.kinds) > 0 {
		st.Interval = s.kinds[0].interval
	}
	for _, f := range s.later {
		st.Faults = append(st.Faults, ActiveFault{Fault: f.withDefaults()})
	}
	s.record.fill(&st)
	return st
}

// Log is a copy of the last entries, oldest first. In a large fleet a log is short until somebody looks, and is then
// kept in full for a while.
func (s *Simulated) Log() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record.log.look(time.Now())
}
