package jobs

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// Job returns a job. Error: 404002.
func (s *Service) Job(id string) (wire.Job, error) {
	r, err := s.read(id)
	if err != nil {
		return wire.Job{}, err
	}
	return r.view(), nil
}

// Cancel ends a job. One that has ended stays as it is. Error: 404002.
func (s *Service) Cancel(ctx context.Context, id string) (wire.Job, error) {
	r, err := s.change(ctx, id, func(_ *bbolt.Tx, r *record) error {
		if r.Job.EndTime == nil {
			now := s.now()
			r.Job.Status, r.Job.EndTime = wire.JobCancelled, &now
		}
		return nil
	})
	if err != nil {
		return wire.Job{}, err
	}
	s.mu.Lock()
	if cancel := s.active[id]; cancel != nil && r.Job.Status == wire.JobCancelled {
		cancel(errCancelled)
	}
	s.mu.Unlock()
	return r.view(), nil
}

// Jobs returns up to n jobs of a type and status ("" for all) in the order of
// their ids, and where to go on: "" at the end. Error: 400004 for a continuation
// that is none.
func (s *Service) Jobs(jobType, status string, n int, continuation string) (jobs []wire.Job, next string, err error) {
	after, err := base64.StdEncoding.DecodeString(continuation)
	if err != nil {
		return nil, "", core.NewError(core.CodeArgumentInvalid, "The continuation token is not one of this query.")
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(jobsBucket).Cursor()
		for key, value := c.Seek(append(after, 0)); key != nil; key, value = c.Next() {
			var r record
			if err := unseal(value, &r); err != nil {
				return err
			}
			if jobType != "" && !strings.EqualFold(jobType, r.Job.Type) || status != "" && !strings.EqualFold(status, r.Job.Status) {
				continue
			}
			if len(jobs) == n {
				next = base64.StdEncoding.EncodeToString([]byte(jobs[n-1].JobID))
				return nil
			}
			jobs = append(jobs, r.view())
		}
		return nil
	})
	return jobs, next, err
}

// DeviceJobs returns up to n rows of devices.jobs in the order of jobs and
// devices, from the one that an earlier call gave as next ("" starts at the
// beginning); next is "" at the end.
func (s *Service) DeviceJobs(from string, n int) (rows []wire.DeviceJob, next string, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(itemsBucket).Cursor()
		var r record
		for key, value := c.Seek([]byte(from)); key != nil; key, value = c.Next() {
			if len(rows) == n {
				next = string(key)
				return nil
			}
			job, id := parseItemKey(key)
			if r.Job.JobID != job {
				r = record{}
				if r, err = readRecord(tx, job); err != nil {
					return err
				}
			}
			var i item
			if err := unseal(value, &i); err != nil {
				return err
			}
			rows = append(rows, i.row(r.Job, id))
		}
		return nil
	})
	return rows, next, err
}

func (i *item) row(j wire.Job, id core.ID) wire.DeviceJob {
	d := wire.DeviceJob{
		DeviceID: id.Device, ModuleID: id.Module, JobID: j.JobID, JobType: j.Type, Status: i.Status,
		StartTimeUTC: i.Began, EndTimeUTC: i.Ended, CreatedDateTimeUTC: i.Created, LastUpdatedDateTimeUTC: i.Created,
		Error: i.Error,
	}
	for _, t := range []*wire.Time{i.Began, i.Ended} {
		if t != nil {
			d.LastUpdatedDateTimeUTC = *t
		}
	}
	if i.Status == wire.JobCompleted {
		d.Outcome = &wire.DeviceJobOutcome{DeviceMethodResponse: i.Method}
	}
	return d
}

// forget removes jobs that ended long ago, now and then.
func (s *Service) forget() {
	for s.ctx.Err() == nil {
		if err := s.forgetOld(); err != nil && s.ctx.Err() == nil {
			s.o.Logger.Warn("remove old jobs", "error", err)
		}
		wait(s.ctx, time.Hour)
	}
}

func (s *Service) forgetOld() error {
	jobs, _, err := s.Jobs("", "", 1<<30, "")
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if j.EndTime == nil || s.o.Now().Sub(j.EndTime.Time) < s.o.History {
			continue
		}
		err := s.db.Update(s.ctx, func(tx *bbolt.Tx) error {
			r, err := readRecord(tx, j.JobID)
			if err != nil || r.Open {
				return err
			}
			prefix := []byte(j.JobID + "\x00")
			c := tx.Bucket(itemsBucket).Cursor()
			for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Seek(prefix) {
				if err := c.Delete(); err != nil {
					return store.Abort(err)
				}
			}
			return store.Abort(tx.Bucket(jobsBucket).Delete([]byte(j.JobID)))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
