package transfer

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

const codeJobQuota = 403003 // JobQuotaExceeded

// The names of blobs unless a job gives others.
const (
	devicesBlob        = "devices.txt"
	configurationsBlob = "configurations.txt"
	errorsBlob         = "importErrors.log"
)

var errCancelled = errors.New("the job was cancelled")

// Create takes a job in, durably, and starts it. Errors: 400004, 400008 for a
// container that can not be used, 403003 while another job runs.
func (s *Service) Create(ctx context.Context, j wire.TransferJob) (wire.TransferJob, error) {
	r, err := s.check(j)
	if err != nil {
		return wire.TransferJob{}, err
	}
	now := s.now()
	r.Job.JobID, r.Job.Status, r.Job.StartTimeUTC = uuid.NewString(), wire.JobEnqueued, &now
	err = s.db.Update(ctx, func(tx *bbolt.Tx) error {
		other, err := openJob(tx)
		if err != nil {
			return err
		}
		if other != "" {
			return core.NewError(codeJobQuota, "The job '%s' has not ended: there can be one import or export job at a time.", other)
		}
		return store.Abort(errors.Join(s.forget(tx), r.put(tx)))
	})
	if err != nil {
		return wire.TransferJob{}, err
	}
	s.start(r.Job.JobID)
	return r.Job, nil
}

// check tells what is wrong with a job, and keeps of it what is the client's to say.
func (s *Service) check(j wire.TransferJob) (record, error) {
	r := record{Output: j.OutputBlobContainerURI, Job: wire.TransferJob{
		OutputBlobContainerURI: withoutToken(j.OutputBlobContainerURI), StorageAuthenticationType: j.StorageAuthenticationType,
		IncludeConfigurations: j.IncludeConfigurations, OutputBlobName: j.OutputBlobName, ConfigurationsBlobName: j.ConfigurationsBlobName,
	}}
	switch auth := &r.Job.StorageAuthenticationType; {
	case strings.EqualFold(*auth, wire.StorageIdentity):
		*auth = wire.StorageIdentity // the Node SDK writes IdentityBased
	case *auth != "" && !strings.EqualFold(*auth, wire.StorageKey):
		return r, core.NewError(core.CodeArgumentInvalid, "The storageAuthenticationType must be keyBased or identityBased.")
	}
	if r.Output == "" {
		return r, core.NewError(core.CodeArgumentInvalid, "The outputBlobContainerUri is missing.")
	}
	if _, err := s.open(r.Output, "w", r.byIdentity()); err != nil {
		return r, err
	}
	switch {
	case strings.EqualFold(j.Type, wire.TransferExport):
		r.Job.Type, r.Job.ExcludeKeysInExport = wire.TransferExport, j.ExcludeKeysInExport
		return r, nil
	case strings.EqualFold(j.Type, wire.TransferImport):
		r.Job.Type, r.Job.InputBlobName = wire.TransferImport, j.InputBlobName
		r.Input, r.Job.InputBlobContainerURI = j.InputBlobContainerURI, withoutToken(j.InputBlobContainerURI)
		if r.Input == "" {
			return r, core.NewError(core.CodeArgumentInvalid, "The inputBlobContainerUri is missing.")
		}
		_, err := s.open(r.Input, "r", r.byIdentity())
		return r, err
	}
	return r, core.NewError(core.CodeArgumentInvalid, "The type '%.40s' is neither %s nor %s.", j.Type, wire.TransferImport, wire.TransferExport)
}

func (r *record) byIdentity() bool {
	return strings.EqualFold(r.Job.StorageAuthenticationType, wire.StorageIdentity)
}

// Job returns a job. Error: 404002.
func (s *Service) Job(id string) (j wire.TransferJob, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		r, err := readRecord(tx, id)
		j = s.view(r)
		return err
	})
	return j, err
}

// Jobs returns all jobs, the newest first.
func (s *Service) Jobs() ([]wire.TransferJob, error) {
	jobs := []wire.TransferJob{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		return each(tx, func(r record) { jobs = append(jobs, s.view(r)) })
	})
	slices.SortStableFunc(jobs, func(a, b wire.TransferJob) int { return b.StartTimeUTC.Compare(a.StartTimeUTC.Time) })
	return jobs, err
}

// view is the document that clients get.
func (s *Service) view(r record) wire.TransferJob {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Job.JobID == s.active && !r.ended() {
		r.Job.Progress = s.progress
	}
	return r.Job
}

// Cancel ends a job; what it has done stays done. One that has ended stays as it
// is. Error: 404002.
func (s *Service) Cancel(_ context.Context, id string) error {
	_, err := s.change(id, func(tx *bbolt.Tx, r *record) error {
		if r.ended() {
			return nil
		}
		s.finish(r, wire.JobCancelled, "")
		return store.Abort(dropErrors(tx, id))
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.active == id {
		s.cancel(errCancelled)
	}
	s.mu.Unlock()
	s.idle(id)
	return nil
}

// finish ends a job in its record, and forgets its tokens.
func (s *Service) finish(r *record, status, reason string) {
	now := s.now()
	r.Job.Status, r.Job.FailureReason, r.Job.EndTimeUTC = status, reason, &now
	r.Input, r.Output = "", ""
	if status == wire.JobCompleted {
		r.Job.Progress = 100
	}
}

// forget removes jobs that ended long ago. Writer goroutine.
func (s *Service) forget(tx *bbolt.Tx) error {
	var old []string
	err := each(tx, func(r record) {
		if r.ended() && s.o.Now().Sub(r.Job.EndTimeUTC.Time) > s.o.History {
			old = append(old, r.Job.JobID)
		}
	})
	for _, id := range old {
		err = errors.Join(err, tx.Bucket(bucket).Delete([]byte(id)))
	}
	return err
}
