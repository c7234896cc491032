package jobs_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is the service on a real hub.
type fixture struct {
	*jobs.Service
	hub   *core.Hub
	close func()
}

func start(t *testing.T, dir string, change func(*jobs.Options)) *fixture {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, "hub.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{}
	if f.hub, err = core.Open(db, core.Options{}); err != nil {
		t.Fatal(err)
	}
	o := jobs.Options{Hub: f.hub, Language: selection.New(f.hub, nil)}
	if change != nil {
		change(&o)
	}
	if f.Service, err = jobs.Open(db, o); err != nil {
		t.Fatal(err)
	}
	f.close = sync.OnceFunc(func() {
		for _, end := range []func() error{f.Service.Close, f.hub.Close, db.Close} {
			if err := end(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Cleanup(f.close)
	return f
}

func (f *fixture) create(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := f.hub.CreateDevice(t.Context(), wire.Device{DeviceID: id}); err != nil {
			t.Fatal(err)
		}
	}
}

// answering connects a device that answers methods with status 201 and what it got.
func (f *fixture) answering(t *testing.T, id string, got func()) {
	t.Helper()
	s, err := f.hub.Connect(t.Context(), core.SessionInfo{ID: core.ID{Device: id}}, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	s.OnMethod(func(r core.MethodRequest) {
		got()
		go func() { _ = s.AnswerMethod(r.RequestID, 201, r.Payload) }()
	})
}

func (f *fixture) schedule(t *testing.T, j wire.Job) wire.Job {
	t.Helper()
	created, err := f.Create(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return created
}

// until waits for a job to get a status.
func (f *fixture) until(t *testing.T, id, status string) wire.Job {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		j, err := f.Job(id)
		if err != nil {
			t.Fatal(err)
		}
		if j.Status == status && f.settled(t, j) {
			return j
		}
		if time.Now().After(end) {
			t.Fatalf("job %s is %s, want %s: %+v", id, j.Status, status, *j.DeviceJobStatistics)
		}
	}
}

// settled tells whether the devices of a job that has ended are all marked.
func (f *fixture) settled(t *testing.T, j wire.Job) bool {
	t.Helper()
	for _, row := range f.rows(t, j.JobID) {
		if j.EndTime != nil && (row.Status == wire.DeviceJobPending || row.Status == wire.JobRunning) {
			return false
		}
	}
	return true
}

func (f *fixture) rows(t *testing.T, job string) (rows []wire.DeviceJob) {
	t.Helper()
	for after := ""; ; {
		page, next, err := f.DeviceJobs(after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page {
			if row.JobID == job {
				rows = append(rows, row)
			}
		}
		if after = next; next == "" {
			return rows
		}
	}
}
