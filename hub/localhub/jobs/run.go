package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// Why a job ends before all devices are done.
var (
	errCancelled = errors.New("the job was cancelled")
	errTooLong   = errors.New("the job took too long")
)

// The same in words for clients.
const (
	cancelledText = "The job was cancelled."
	tooLongText   = "The job did not end within its maximum execution time."
)

// run takes a job to its end, or to where the service is closed.
func (s *Service) run(ctx context.Context, id string) {
	err := s.perform(ctx, id)
	if s.ctx.Err() != nil {
		return // to go on after the next start
	}
	if err == nil {
		return
	}
	s.o.Logger.Error("a job can not go on", "job", id, "error", err)
	if err := s.end(id, wire.JobFailed, "The hub could not run the job."); err != nil {
		s.o.Logger.Error("end a job", "job", id, "error", err)
	}
}

func (s *Service) perform(ctx context.Context, id string) error {
	r, err := s.read(id)
	if err != nil {
		return err
	}
	if !s.waitUntil(ctx, r.Job.StartTime.Time) {
		return s.ended(ctx, id)
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return s.ended(ctx, id)
	}
	if r, err = s.begin(id); err != nil {
		return err
	}
	if r.Job.EndTime != nil { // cancelled, but not all of its devices are marked
		return s.end(id, r.Job.Status, r.Job.FailureReason)
	}
	left := r.maxTime() - s.o.Now().Sub(r.Began.Time)
	ctx, cancel := context.WithTimeoutCause(ctx, max(0, left), errTooLong)
	defer cancel()
	if !r.Listed {
		if err := s.list(ctx, &r); err != nil {
			return s.listFailed(ctx, id, err)
		}
	}
	if err := s.work(ctx, &r); err != nil {
		return err
	}
	return s.ended(ctx, id)
}

// waitUntil tells whether the time has come. It looks at the clock now and then:
// the time may be centuries away, and a machine may have been asleep.
func (s *Service) waitUntil(ctx context.Context, at time.Time) bool {
	for {
		left := at.Sub(s.o.Now())
		if !wait(ctx, min(left, time.Minute)) {
			return false
		}
		if left <= time.Minute {
			return true
		}
	}
}

// wait tells whether ctx has not ended after d.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// begin marks a job as running, unless it was cancelled before.
func (s *Service) begin(id string) (record, error) {
	return s.change(s.ctx, id, func(_ *bbolt.Tx, r *record) error {
		if r.Job.EndTime != nil {
			return nil
		}
		r.Job.Status = wire.JobRunning
		if r.Began.IsZero() {
			r.Began = s.now()
		}
		return nil
	})
}

// list writes down all devices of the job.
func (s *Service) list(ctx context.Context, r *record) error {
	id := r.Job.JobID
	condition, err := selection.Parse(r.Job.QueryCondition)
	if err != nil {
		return err
	}
	for ids, err := range s.o.Language.IDs(ctx, condition) {
		if err != nil {
			return err
		}
		_, err := s.change(ctx, id, func(tx *bbolt.Tx, r *record) error {
			b := tx.Bucket(itemsBucket)
			for _, of := range ids {
				key := itemKey(id, of)
				if b.Get(key) != nil {
					continue
				}
				r.Job.DeviceJobStatistics.DeviceCount++
				if err := put(b, key, item{Status: wire.DeviceJobPending, Created: s.now()}); err != nil {
					return store.Abort(err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	_, err = s.change(ctx, id, func(_ *bbolt.Tx, r *record) error { r.Listed = true; return nil })
	return err
}

func (s *Service) listFailed(ctx context.Context, id string, err error) error {
	var refused *core.Error
	if ctx.Err() == nil && errors.As(err, &refused) {
		return s.end(id, wire.JobFailed, refused.Message)
	}
	if ctx.Err() == nil {
		return fmt.Errorf("list the devices of job %s: %w", id, err)
	}
	return s.ended(ctx, id)
}

// ended ends a job for the reason that ctx ended, or because all is done.
func (s *Service) ended(ctx context.Context, id string) error {
	switch cause := context.Cause(ctx); {
	case s.ctx.Err() != nil:
		return nil
	case cause == nil:
		return s.end(id, wire.JobCompleted, "")
	case errors.Is(cause, errCancelled):
		return s.end(id, wire.JobCancelled, "")
	default:
		return s.end(id, wire.JobFailed, tooLongText)
	}
}

// end marks the devices that are left, and then the job as over. It keeps a status
// that a job has got by being cancelled.
func (s *Service) end(id, status, reason string) error {
	r, err := s.read(id)
	if err != nil {
		return err
	}
	left := item{Status: wire.JobFailed, Error: &wire.DeviceJobError{Code: "JobRunPreconditionFailed", Description: reason}}
	if status == wire.JobCancelled || r.Job.Status == wire.JobCancelled {
		left = item{Status: wire.DeviceJobCanceled, Error: &wire.DeviceJobError{Code: "JobCancelled", Description: cancelledText}}
	}
	for {
		keys, err := s.openItems(id, nil, 500)
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			break
		}
		if err := s.settle(id, keys, left); err != nil {
			return err
		}
	}
	_, err = s.change(s.ctx, id, func(_ *bbolt.Tx, r *record) error {
		r.Open = false
		if r.Job.EndTime == nil {
			now := s.now()
			r.Job.Status, r.Job.FailureReason, r.Job.EndTime = status, reason, &now
		}
		return nil
	})
	return err
}
