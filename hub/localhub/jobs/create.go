package jobs

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

const (
	codeJobQuota    = 403003 // JobQuotaExceeded
	codeJobNotFound = 404002 // JobNotFound
	codeJobExists   = 409104 // JobAlreadyExists
)

const (
	maxJobID       = 128 // characters
	maxOpenJobs    = 1000
	defaultMaxTime = 3600 // seconds, what the SDKs send
	maxMaxTime     = 30 * 24 * 3600
)

// Create takes a job in, durably, and starts it at its time. Errors: 400004 with
// what is wrong, also of the condition; 403003, 409104.
func (s *Service) Create(ctx context.Context, j wire.Job) (wire.Job, error) {
	if err := check(&j); err != nil {
		return wire.Job{}, err
	}
	if _, err := selection.Parse(j.QueryCondition); err != nil {
		return wire.Job{}, err
	}
	r := newRecord(j, s.now())
	err := s.db.Update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(jobsBucket)
		if b.Get([]byte(j.JobID)) != nil {
			return core.NewError(codeJobExists, "A job with ID '%s' already exists.", j.JobID)
		}
		if s.openCount() >= maxOpenJobs {
			return core.NewError(codeJobQuota, "%d jobs have not ended yet, and there can be no more.", maxOpenJobs)
		}
		return store.Abort(put(b, []byte(j.JobID), r))
	})
	if err != nil {
		return wire.Job{}, err
	}
	s.start(j.JobID)
	created := r.view()
	// Also one for later: the Node SDK's end-to-end tests (job_client.js) expect it.
	created.Status = wire.JobQueued
	return created, nil
}

func (s *Service) openCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.active)
}

// newRecord keeps of what a client sent what is its to say.
func newRecord(j wire.Job, now wire.Time) record {
	start := now
	if j.StartTime != nil && j.StartTime.After(now.Time) {
		start = *j.StartTime
	}
	status := wire.JobQueued
	if start.After(now.Time) {
		status = wire.JobScheduled
	}
	return record{Open: true, Job: wire.Job{
		JobID: j.JobID, Type: j.Type, QueryCondition: j.QueryCondition, CreatedTime: &now, StartTime: &start,
		MaxExecutionTimeInSeconds: j.MaxExecutionTimeInSeconds, CloudToDeviceMethod: j.CloudToDeviceMethod, UpdateTwin: j.UpdateTwin,
		Status: status, DeviceJobStatistics: &wire.JobStatistics{},
	}}
}

// check tells what is wrong with a job, and fills in what may be left out.
func check(j *wire.Job) error {
	if j.JobID == "" || len([]rune(j.JobID)) > maxJobID || strings.ContainsFunc(j.JobID, unicode.IsControl) {
		return invalid("The jobId must have 1 to %d characters, and no control characters.", maxJobID)
	}
	if j.QueryCondition == "" {
		return invalid("The queryCondition is missing; * means all devices.")
	}
	if j.MaxExecutionTimeInSeconds == 0 {
		j.MaxExecutionTimeInSeconds = defaultMaxTime
	}
	if j.MaxExecutionTimeInSeconds < 0 || j.MaxExecutionTimeInSeconds > maxMaxTime {
		return invalid("maxExecutionTimeInSeconds must be from 1 to %d.", maxMaxTime)
	}
	switch {
	case strings.EqualFold(j.Type, wire.JobMethod):
		j.Type, j.UpdateTwin = wire.JobMethod, nil
		if j.CloudToDeviceMethod == nil || j.CloudToDeviceMethod.MethodName == "" {
			return invalid("The methodName of cloudToDeviceMethod is missing.")
		}
		return nil
	case strings.EqualFold(j.Type, wire.JobTwin):
		j.Type, j.CloudToDeviceMethod = wire.JobTwin, nil
		_, _, err := twinPatch(j.UpdateTwin)
		return err
	}
	return invalid("The type '%s' is neither %s nor %s.", j.Type, wire.JobMethod, wire.JobTwin)
}

// twinPatch reads what is to be written to the twins. Members that a twin has
// besides are ignored: some clients send whole twins.
func twinPatch(text json.RawMessage) (p core.TwinPatch, etag string, err error) {
	var t struct {
		ETag       string          `json:"etag"`
		Tags       json.RawMessage `json:"tags"`
		Properties struct {
			Desired json.RawMessage `json:"desired"`
		} `json:"properties"`
	}
	if len(text) == 0 || json.Unmarshal(text, &t) != nil {
		return p, "", invalid("updateTwin must be a twin.")
	}
	p = core.TwinPatch{Tags: orAbsent(t.Tags), Desired: orAbsent(t.Properties.Desired)}
	if p.Tags == nil && p.Desired == nil {
		return p, "", invalid("updateTwin has neither tags nor desired properties.")
	}
	return p, t.ETag, nil
}

func orAbsent(section json.RawMessage) json.RawMessage {
	if string(section) == "null" {
		return nil
	}
	return section
}

func invalid(format string, args ...any) error {
	return core.NewError(core.CodeArgumentInvalid, format, args...)
}

func notFound(id string) error {
	return core.NewError(codeJobNotFound, "There is no job with ID '%s'.", id)
}

// maxTime is the time that the job may take from when it began.
func (r *record) maxTime() time.Duration {
	return time.Duration(r.Job.MaxExecutionTimeInSeconds) * time.Second
}
