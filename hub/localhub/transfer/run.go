package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// run takes a job to its end, or to where the service is closed.
func (s *Service) run(ctx context.Context, id string) {
	err := s.perform(ctx, id)
	if s.ctx.Err() != nil || ctx.Err() != nil {
		return // to go on after the next start, or cancelled
	}
	status, reason := wire.JobCompleted, ""
	if err != nil {
		status, reason = wire.JobFailed, s.reason(id, err)
	}
	_, err = s.change(id, func(tx *bbolt.Tx, r *record) error {
		if r.ended() {
			return nil
		}
		s.finish(r, status, reason)
		return store.Abort(dropErrors(tx, id))
	})
	if err != nil && s.ctx.Err() == nil {
		s.o.Logger.Error("end a job", "job", id, "error", err)
	}
	s.idle(id)
}

// transferError is what is wrong with what a client gave: its text is for clients.
type transferError struct{ error }

// reason words an error for clients.
func (s *Service) reason(id string, err error) string {
	var refused *core.Error
	var theirs transferError
	switch {
	case errors.As(err, &refused):
		return refused.Message
	case errors.As(err, &theirs):
		return theirs.Error()
	}
	s.o.Logger.Error("a job can not go on", "job", id, "error", err)
	return "The hub could not run the job."
}

func missing(blob string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return transferError{fmt.Errorf("there is no blob '%s' in the input container", blob)}
	}
	return transferError{fmt.Errorf("read the blob '%s': %w", blob, err)}
}

func (s *Service) perform(ctx context.Context, id string) error {
	r, err := s.change(id, func(_ *bbolt.Tx, r *record) error {
		if !r.ended() {
			r.Job.Status = wire.JobRunning
		}
		return nil
	})
	if err != nil || r.ended() {
		return err
	}
	output, err := s.open(r.Output, "w", r.byIdentity())
	if err != nil {
		return err
	}
	if r.Job.Type == wire.TransferExport {
		return s.export(ctx, &r, output)
	}
	input, err := s.open(r.Input, "r", r.byIdentity())
	if err != nil {
		return err
	}
	return s.importAll(ctx, &r, input, output)
}

func orDefault(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}
