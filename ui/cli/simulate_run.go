package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"hubscope/device/sim"
	"hubscope/hub"
)

// run finds the devices, runs them until there is a reason to stop, and says how it went.
func (s *simulation) run(ctx context.Context, out, errOut io.Writer) error {
	signal.Ignore(syscall.SIGPIPE) // that nobody reads is told by the write
	p := newReporter(out, errOut, s.output)
	cast, err := s.find(ctx, p)
	switch {
	case errors.Is(err, errEmptyShard):
		p.note("nothing to do: " + err.Error())
		return nil
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted before the devices were found")
	case err != nil || s.dryRun:
		return err
	}
	if !s.seedGiven {
		s.options.Seed = rand.Uint64()
	}
	fleet := sim.NewFleet(sim.FleetOptions{Options: s.deviceOptions(cast.target), Manners: s.manners()})
	r := &performance{s: s, fleet: fleet, p: p, cast: cast}
	return r.play(ctx)
}

func (s *simulation) deviceOptions(t hub.Target) sim.Options {
	o := s.options
	o.Device = deviceOptions(t)
	o.Device.MessageTimeout = simulateMessage
	if t.TLS != nil { // devices share it when it names the server
		o.Device.TLS = t.TLS.Clone()
		o.Device.TLS.ServerName = hostOf(t.Service.HostName)
	}
	if s.transport == "ws" {
		o.Device.WebSocket, o.Device.WebSocketAddr = true, t.HTTPSAddr
	}
	return o
}

func hostOf(name string) string {
	if host, _, err := net.SplitHostPort(name); err == nil {
		return host
	}
	return name
}

func (s *simulation) manners() sim.Manners {
	m := sim.Manners{MessagesPerSecond: s.share(s.rate), ConnectsPerSecond: s.share(s.connectRate), Quota: s.limit}
	if m.Quota.Messages > 0 {
		m.Quota.Messages = max(1, int64(s.share(float64(s.limit.Messages))))
	}
	return m
}

// performance is a run under way.
type performance struct {
	s     *simulation
	fleet *sim.Fleet
	p     *reporter
	cast  cast

	refused []sim.Refusal
	apart   []string // devices that were not connected when the end came
}

func (r *performance) play(ctx context.Context) error {
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	if r.s.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.s.duration)
		defer cancel()
	}
	r.p.begin(len(r.cast.list), r.s.part)
	if r.s.certificates.given() && withCertificate(r.cast.list) == 0 {
		r.p.note("none of the devices has X.509 authentication: the certificates are not used")
	}
	r.act(ctx)
	r.apart = r.unconnected()
	before := r.fleet.Worst(worstShown)
	interrupted := drainSignals(interrupts)
	r.p.stopping(ctx.Err() != nil && interrupted)
	r.end(interrupts)
	failed, worst := r.failures(), r.fleet.Worst(worstShown)
	if len(worst) == 0 && len(failed) > 0 {
		worst = before
	}
	r.p.summary(r.fleet.Summary(), worst, r.refused, failed)
	if len(failed) > 0 {
		return fmt.Errorf("%s", strings.Join(failed, ", "))
	}
	return nil
}

// worstShown is how many of the worst devices a summary names.
const worstShown = 10

// act starts the devices and reports until there is a reason to stop.
func (r *performance) act(ctx context.Context) {
	starting, stopStarting := context.WithCancel(ctx)
	started := make(chan []sim.Refusal, 1)
	go func() {
		refused, _ := r.fleet.StartMany(starting, r.cast.list, sim.StartOptions{
			Ramp: sim.Ramp{Over: r.s.ramp}, Force: r.s.force,
			Connected:   func(id string) bool { return r.cast.connected[id] },
			Certificate: r.s.certificates.of,
		})
		started <- refused
	}()
	defer func() {
		stopStarting()
		if started != nil {
			r.refused = <-started
		}
	}()
	ticker := time.NewTicker(r.s.report)
	defer ticker.Stop()
	look := time.NewTicker(min(r.s.report, 200*time.Millisecond))
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case r.refused = <-started:
			started = nil
			r.p.refused(r.refused)
		case <-ticker.C:
			if r.p.report(r.fleet.Summary()) != nil {
				return // nobody reads
			}
		case <-look.C:
			if sum := r.fleet.Summary(); started == nil && sum.States.Running() == 0 {
				return
			}
		}
	}
}

// end stops all devices; a second signal makes it not wait.
func (r *performance) end(interrupts <-chan os.Signal) {
	ctx, cancel := context.WithTimeout(context.Background(), simulateStop+closeTime)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.fleet.Close(ctx) // what was not confirmed is counted as failed
	}()
	for {
		select {
		case <-done:
			return
		case <-interrupts:
			cancel()
		}
	}
}

// drainSignals tells whether there was one, which is the first.
func drainSignals(interrupts <-chan os.Signal) bool {
	select {
	case <-interrupts:
		return true
	case <-time.After(50 * time.Millisecond): // the context and the channel are told by two goroutines
		return false
	}
}

// justStarted is how long a device may still be about to connect, when the end comes, without being called unconnected.
const justStarted = 2 * time.Second

// unconnected are the devices that try to connect.
func (r *performance) unconnected() (ids []string) {
	for _, st := range r.fleet.Status() {
		if st.State == sim.Retrying || st.State == sim.Starting && (st.Err != nil || time.Since(st.Since) > justStarted) {
			ids = append(ids, st.DeviceID)
		}
	}
	return ids
}

// mute is how many of them have never got a message through. The others have: what waited was confirmed or failed.
func (r *performance) mute() (n int) {
	for _, id := range r.apart {
		if d, ok := r.fleet.Device(id); ok && d.Status().Confirmed == 0 {
			n++
		}
	}
	return n
}

// failures are what did not go well, in words; none is success.
func (r *performance) failures() (list []string) {
	sum := r.fleet.Summary()
	add := func(n int, words string) {
		if n > 0 {
			list = append(list, fmt.Sprintf("%d %s", n, words))
		}
	}
	add(r.cast.missing, "devices are not there")
	add(len(r.refused), "devices were not started")
	add(sum.States[sim.Failed], "devices stopped by themselves")
	add(r.mute(), "devices were never connected")
	add(int(sum.Failed), "messages failed")
	add(int(sum.Unmade), "messages could not be made")
	return list
}
