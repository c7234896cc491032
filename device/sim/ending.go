package sim

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// RequestStop asks the device to stop and returns at once; see Done.
func (s *Simulated) RequestStop() { s.end(nil) }

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
	s.hurry()
	<-s.done
	return fmt.Errorf("stop simulated device %q: %w", s.deviceID, ctx.Err())
}

// hurry makes a device that stops wait for confirmations no longer.
func (s *Simulated) hurry() {
	s.mu.Lock()
	hurry := s.endGrace
	s.mu.Unlock()
	if hurry != nil {
		hurry()
	}
}

// end stops the device as asked, or because going on is useless when there is an error. It returns at once; only the
// first call counts.
func (s *Simulated) end(err error) {
	now := time.Now()
	s.mu.Lock()
	if s.ending {
		s.mu.Unlock()
		return
	}
	s.ending = true
	ctx, cancel := context.WithTimeout(context.Background(), s.o.StopTimeout)
	s.endGrace = cancel
	if s.endReports != nil {
		s.endReports()
	}
	if err == nil {
		s.record.enter(Stopping, nil, now)
	}
	s.mu.Unlock()
	s.sched.leave(&s.job)
	if err != nil && !mayFinish(err) {
		cancel() // the hub does not want it: there is no connection to wait for
	}
	go s.finish(ctx, cancel, err)
}

// mayFinish tells whether a device that ends because of err still has a connection on which confirmations come.
func mayFinish(err error) bool { return errors.Is(err, ErrQuota) || errors.Is(err, ErrNothingToSend) }

// finish sends what a fault holds back, waits for confirmations and ends the connection.
func (s *Simulated) finish(ctx context.Context, cancel func(), err error) {
	defer close(s.done)
	defer cancel()
	s.busy.Lock() // until the job has ended
	if s.client != nil {
		s.flush()
		_ = s.client.Close(ctx) // what was not confirmed is counted by the receipts
	}
	s.reporting.Wait()
	s.busy.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles, s.later = troubles{}, nil
	s.record.log.room.devices.Add(-1)
	if err != nil {
		s.record.enter(Failed, err, time.Now())
		return
	}
	s.record.enter(Stopped, nil, time.Now())
}
