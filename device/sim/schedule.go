package sim

import "time"

// schedule gives the times of messages of a kind: the start and every interval after it, each spread by a jitter. It
// does not drift, because each time is counted from the start and not from when the one before was really kept.
type schedule struct {
	start    time.Time
	interval time.Duration
	kept     int64         // times that have been kept or passed over since start
	spread   time.Duration // of the next time: how much later than the interval says
	begun    bool          // at least one was kept
}

// next is when the next message is due.
func (s *schedule) next() time.Time { return s.even().Add(s.spread) }

// even is next without jitter.
func (s *schedule) even() time.Time { return s.start.Add(time.Duration(s.kept) * s.interval) }

// keep notes that a message was sent now, and that the next one is to be spread so much. Times that were missed, since
// the machine slept, are passed over and not made up for in a burst.
func (s *schedule) keep(now time.Time, spread time.Duration) {
	s.begun = true
	s.kept++
	if late := now.Sub(s.even()); late >= s.interval {
		s.kept += int64(late / s.interval)
	}
	s.spread = spread
}

// change sets a new interval, counted from the last time kept. It is due at once when that is past.
func (s *schedule) change(interval time.Duration, now time.Time) {
	if !s.begun {
		s.interval = interval
		return
	}
	last := s.even().Add(-s.interval)
	s.start, s.interval, s.kept = last.Add(interval), interval, 0
	if s.start.Before(now) {
		s.start = now
	}
}

// restart makes the next message due now.
func (s *schedule) restart(now time.Time) { s.start, s.kept, s.spread = now, 0, 0 }
