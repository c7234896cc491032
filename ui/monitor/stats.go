package monitor

import (
	"time"

	"hubscope/hub/events"
)

// stats counts over whole seconds, so that figures change once a second and can be read.
type stats struct {
	since    time.Time // start of the second that is being counted
	count    int
	lagTotal time.Duration

	recent   []float64     // rates of the last seconds, the newest last
	rate     float64       // events a second, mean of recent: one a second must not read 0, 2, 1, 0
	lag      time.Duration // mean time from the hub to here of the last events, over a second that had any
	hasLag   bool
	dropped  uint64 // events that the screen was too slow for
	bytes    int64
	lastSeen time.Time // end of the last second that had events
}

// rateSeconds is over how many seconds the rate is told.
const rateSeconds = 4

// smooth takes the rate of one more second. Two seconds with
// nothing mean that the stream has ended, and what was before counts no more.
func (s *stats) smooth(rate float64) {
	if rate == 0 && len(s.recent) > 0 && s.recent[len(s.recent)-1] == 0 {
		s.recent = s.recent[:0]
	}
	s.recent = append(s.recent, rate)
	if len(s.recent) > rateSeconds {
		s.recent = append(s.recent[:0], s.recent[1:]...)
	}
	sum := 0.0
	for _, r := range s.recent {
		sum += r
	}
	s.rate = sum / float64(len(s.recent))
}

// staleLag is how long a lag is worth telling when nothing comes any more.
const staleLag = 10 * time.Second

func (s *stats) add(e *events.Event) {
	s.count++
	s.bytes += int64(len(e.Body))
	s.lagTotal += max(0, e.Received.Sub(e.Enqueued))
}

// turn ends a second of counting.
func (s *stats) turn(now time.Time) {
	span := now.Sub(s.since)
	if span <= 0 {
		return
	}
	s.smooth(float64(s.count) / span.Seconds())
	if s.count > 0 {
		s.lag, s.hasLag = s.lagTotal/time.Duration(s.count), true
		s.lastSeen = now
	}
	if now.Sub(s.lastSeen) > staleLag {
		s.hasLag = false
	}
	s.since, s.count, s.lagTotal = now, 0, 0
}
