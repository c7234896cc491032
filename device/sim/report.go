package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hubscope/device"
)

// owed is a patch of reported properties that the hub does not have yet.
type owed struct {
	patch   json.RawMessage
	entry   int    // of the log, which is completed; below 0 there is none yet
	refused string // why the device did not take what was desired
}

// maxOwed is how many patches may wait for the hub.
const maxOwed = 64

var errTooManyReports = errors.New("too many reported properties wait for the hub")

// The waits of a hub that throttles, as Node's (protocol 10).
const (
	reportWait    = 10 * time.Second
	maxReportWait = time.Minute
)

// owe reports properties in the background: in order, and again when the hub throttles. There is a goroutine as long as
// something is owed.
func (s *Simulated) owe(o owed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.entry < 0 {
		o.entry = s.record.note(Sent, time.Now(), brief("reported ", o.patch), "", nil)
	}
	if s.ending || len(s.owed) >= maxOwed {
		s.record.log.complete(o.entry, "not reported", errTooManyReports)
		return
	}
	s.owed = append(s.owed, o)
	if len(s.owed) > 1 {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.endReports = cancel
	s.reporting.Go(func() {
		defer cancel()
		s.report(ctx)
	})
}

// report works off what is owed. What is being reported stays the first until it is done.
func (s *Simulated) report(ctx context.Context) {
	for {
		s.mu.Lock()
		next := s.owed[0]
		s.mu.Unlock()
		version, err := s.reportOne(ctx, next.patch)
		s.mu.Lock()
		if err == nil {
			s.record.reported = max(s.record.reported, version)
		}
		result := fmt.Sprintf("$version %d", version)
		if l := s.record.log.at(next.entry); l != nil && l.direction == Received {
			result = brief("reported ", next.patch)
		}
		switch {
		case err != nil:
			result = "not reported: " + err.Error()
		case next.refused != "":
			result = "refused: " + next.refused
		}
		s.record.log.complete(next.entry, result, err)
		s.owed = s.owed[1:]
		if len(s.owed) == 0 {
			s.owed = nil
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

// reportOne tries until the hub has it or does not want it.
func (s *Simulated) reportOne(ctx context.Context, patch json.RawMessage) (int64, error) {
	for wait := reportWait; ; wait = min(2*wait, maxReportWait) {
		version, err := s.client.Report(ctx, patch)
		if !passing(err) || !sleep(ctx, wait) {
			return version, err
		}
	}
}

// passing tells whether a later try may succeed.
func passing(err error) bool {
	return errors.Is(err, device.ErrThrottled) || errors.Is(err, device.ErrRequestTimeout) || errors.Is(err, device.ErrUnavailable)
}
