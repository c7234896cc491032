package rest_test

import (
	"context"
	"iter"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// late is a hub that is there after the services that need it.
type late struct{ *core.Hub }

func (l *late) IDs(ctx context.Context, c *query.Condition) iter.Seq2[[]core.ID, error] {
	return selection.New(l.Hub, nil).IDs(ctx, c)
}

func startJobs(t *testing.T) *fixture {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "jobs.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hub := &late{}
	scheduled, err := jobs.Open(db, jobs.Options{Hub: hub, Language: hub})
	if err != nil {
		t.Fatal(err)
	}
	f := startWith(t, rest.Options{Jobs: scheduled})
	hub.Hub = f.hub
	t.Cleanup(func() {
		if err := scheduled.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// Protocol 2.8, as the Node SDK asks.
// Protocol 2.8.2, 2.8.3, 2.8.5.
func TestJobs(t *testing.T) {
	f := startJobs(t)
	f.create(t, "d1", "d2")
	put := func(id, body string) response {
		return f.do(t, request{method: http.MethodPut, path: "/jobs/v2/" + id, body: body})
	}
	const twin = `{"jobId":"j1","type":"scheduleUpdateTwin","updateTwin":{"etag":"*","tags":{"a":1}},"startTime":"1970-01-01T00:00:00.000Z","maxExecutionTimeInSeconds":60,"queryCondition":"*"}`
	var job wire.Job
	put("j1", twin).decode(t, &job)
	if job.Status != wire.JobQueued || job.JobID != "j1" {
		t.Errorf("%+v", job)
	}
	for end := time.Now().Add(10 * time.Second); job.Status != wire.JobCompleted; time.Sleep(5 * time.Millisecond) {
		f.do(t, request{method: http.MethodGet, path: "/jobs/v2/j1"}).decode(t, &job)
		if time.Now().After(end) {
			t.Fatalf("%+v", job)
		}
	}
	if got := put("j1", twin); got.status != http.StatusConflict || got.header.Get("Iothub-Errorcode") != "JobAlreadyExists" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := put("j2", twin); got.status != http.StatusBadRequest {
		t.Errorf("another id in the path: %d %s", got.status, got.body)
	}
	put("j2", strings.Replace(strings.Replace(twin, "j1", "j2", 1), "1970", "2970", 1)).decode(t, &job)
	if job.Status != wire.JobQueued {
		t.Errorf("%+v", job)
	}
	query := func(path, size, continuation string) response {
		h := http.Header{}
		h.Set(wire.HeaderMaxItemCount, size)
		if continuation != "" {
			h.Set(wire.HeaderContinuation, continuation)
		}
		return f.do(t, request{method: http.MethodGet, path: "/jobs/v2/query" + path, header: h})
	}
	first := query("", "1", "")
	next := first.header.Get(wire.HeaderContinuation)
	second := query("", "1", next)
	if first.header.Get(wire.HeaderItemType) != wire.ItemJobResponse || next == "" || !strings.Contains(second.body, `"j2"`) || second.header.Values(wire.HeaderContinuation) != nil {
		t.Errorf("%s then %s", first.body, second.body)
	}
	if got := query("?jobStatus=scheduled&jobType=scheduleUpdateTwin", "10", ""); strings.Contains(got.body, `"j1"`) || !strings.Contains(got.body, `"j2"`) {
		t.Error(got.body)
	}
	f.do(t, request{method: http.MethodPost, path: "/jobs/v2/j2/cancel"}).decode(t, &job)
	if job.Status != wire.JobCancelled {
		t.Errorf("%+v", job)
	}
	if got := f.do(t, request{method: http.MethodGet, path: "/jobs/v2/none"}); got.status != http.StatusNotFound || got.header.Get("Iothub-Errorcode") != "JobNotFound" {
		t.Errorf("%d %s", got.status, got.body)
	}
}
