package sim

import "time"

// Summary is how a fleet fares as a whole.
type Summary struct {
	// Devices are all that were started, and Planned those that a ramp is yet to start.
	Devices, Planned int
	// States counts the devices by State.
	States States
	// The counts are the sums of those in Status.
	Accepted, Confirmed, Failed, Refused, Resent uint64
	Skipped, Duplicated, Delayed, Reordered      uint64
	Unmade, Received, Methods                    uint64
	Waiting, Held                                int
	RTTp50, RTTp99, ScheduleP50, ScheduleP99     time.Duration
	// Rate is how many messages were confirmed in a second, over the last five.
	Rate float64
	// QuotaUsed is how many messages of today's quota are used, as far as the fleet knows, and Quota how many there are; 0:
	// not known. QuotaOver is set when devices stopped for it.
	Quota, QuotaUsed int64
	QuotaOver        bool
	// PatienceUntil is until when no device connects since the hub refused connections for now, and PatienceErr how it
	// said so; zero when all may.
	PatienceUntil time.Time
	PatienceErr   error
	// SlowedTo is how many messages in a second all devices may send since the hub took fewer than they sent; 0: there is no
	// such bound.
	SlowedTo float64
}

// Summary sums up all devices. It costs a short lock of each, some milliseconds for ten thousand.
func (f *Fleet) Summary() Summary {
	s := Summary{Planned: int(f.ramps.planned.Load()), Rate: f.company.confirmed.rate()}
	var rtt, late histogram
	for _, d := range f.all() {
		d.addTo(&s, &rtt, &late)
	}
	s.RTTp50, s.RTTp99 = rtt.quantile(0.50), rtt.quantile(0.99)
	s.ScheduleP50, s.ScheduleP99 = late.quantile(0.50), late.quantile(0.99)
	f.company.mu.Lock()
	q := &f.company.quota
	s.Quota, s.QuotaUsed, s.QuotaOver = q.quota.Messages, q.used(), q.over
	f.company.mu.Unlock()
	s.PatienceUntil, s.PatienceErr = f.company.connects.patience(time.Now())
	s.SlowedTo = f.company.throttle.slowedTo()
	return s
}

func (s *Simulated) addTo(sum *Summary, rtt, late *histogram) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.record
	sum.Devices++
	sum.States[r.shown()]++
	sum.Accepted += r.accepted
	sum.Confirmed += r.confirmed
	sum.Failed += r.failed
	sum.Refused += r.refusals
	sum.Resent += r.resent
	sum.Skipped += r.skipped
	sum.Duplicated += r.duplicated
	sum.Delayed += r.delayed
	sum.Reordered += r.reordered
	sum.Unmade += r.unmade
	sum.Received += r.received
	sum.Methods += r.methods
	sum.Waiting += r.waiting()
	sum.Held += len(s.held)
	rtt.merge(&r.rtt)
	late.merge(&r.late)
}

// shown is the state that people see.
func (r *record) shown() State {
	if r.empty && r.state.Running() && r.state != Stopping {
		return Silent
	}
	return r.state
}
