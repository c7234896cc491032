package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/wire"
)

func twinJob(id, condition string) wire.Job {
	return wire.Job{
		JobID: id, Type: "scheduleUpdateTwin", QueryCondition: condition,
		UpdateTwin: json.RawMessage(`{"etag":"*","tags":{"site":"north"},"properties":{"desired":{"interval":5}}}`),
	}
}

func methodJob(id, condition string) wire.Job {
	five := 5
	return wire.Job{
		JobID: id, Type: wire.JobMethod, QueryCondition: condition,
		CloudToDeviceMethod: &wire.MethodRequest{MethodName: "reboot", Payload: json.RawMessage(`{"in":1}`), ResponseTimeoutInSeconds: &five},
	}
}

// Protocol 2.8.1.
func TestTwinJob(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	for i := range 10 {
		f.create(t, fmt.Sprintf("d%d", i))
	}
	created := f.schedule(t, twinJob("all", "*"))
	if created.Status != wire.JobQueued || created.MaxExecutionTimeInSeconds != 3600 || created.CreatedTime == nil || created.EndTime != nil {
		t.Errorf("%+v", created)
	}
	done := f.until(t, "all", wire.JobCompleted)
	if s := *done.DeviceJobStatistics; s != (wire.JobStatistics{DeviceCount: 10, SucceededCount: 10}) || done.EndTime == nil {
		t.Errorf("%+v", s)
	}
	for i := range 10 {
		twin, err := f.hub.Twin(core.ID{Device: fmt.Sprintf("d%d", i)})
		if err != nil || string(twin.Tags) != `{"site":"north"}` || !strings.Contains(string(twin.Properties.Desired), `"interval":5`) {
			t.Errorf("%v %s %s", err, twin.Tags, twin.Properties.Desired)
		}
	}
	rows := f.rows(t, "all")
	if len(rows) != 10 {
		t.Fatalf("%d rows of devices.jobs", len(rows))
	}
	if r := rows[3]; r.DeviceID != "d3" || r.JobType != wire.JobTwin || r.Status != wire.JobCompleted || r.Outcome == nil || r.StartTimeUTC == nil || r.EndTimeUTC == nil {
		t.Errorf("%+v", r)
	}
}

// Protocol 2.8, 2.7: one device answers, one is not there.
// Protocol 2.8.1, 2.8.6.
func TestMethodJob(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	f.create(t, "off", "on", "other")
	var calls atomic.Int32
	f.answering(t, "on", func() { calls.Add(1) })
	f.schedule(t, methodJob("m", "deviceId IN ['on','off']"))
	done := f.until(t, "m", wire.JobCompleted)
	if s := *done.DeviceJobStatistics; s != (wire.JobStatistics{DeviceCount: 2, SucceededCount: 1, FailedCount: 1}) || calls.Load() != 1 {
		t.Errorf("%+v after %d calls", s, calls.Load())
	}
	rows := f.rows(t, "m")
	if off := rows[0]; off.Status != wire.JobFailed || off.Error == nil || off.Error.Code != "DeviceNotOnline" || off.Outcome != nil {
		t.Errorf("%+v %+v", off, off.Error)
	}
	if on := rows[1]; on.Outcome == nil || on.Outcome.DeviceMethodResponse.Status != 201 || string(on.Outcome.DeviceMethodResponse.Payload) != `{"in":1}` {
		t.Errorf("%+v", on)
	}
}

// Protocol 2.8.3.
func TestScheduledAndCancelled(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	f.create(t, "d")
	later := twinJob("later", "*")
	later.StartTime = &wire.Time{Time: time.Now().Add(time.Hour)}
	if created := f.schedule(t, later); created.Status != wire.JobQueued {
		t.Errorf("%s", created.Status)
	}
	cancelled, err := f.Cancel(t.Context(), "later")
	if err != nil || cancelled.Status != wire.JobCancelled {
		t.Errorf("%+v, %v", cancelled, err)
	}
	if twin, err := f.hub.Twin(core.ID{Device: "d"}); err != nil || string(twin.Tags) != "{}" {
		t.Errorf("%s, %v", twin.Tags, err)
	}
	soon := twinJob("soon", "*")
	soon.StartTime = &wire.Time{Time: time.Now().Add(50 * time.Millisecond)}
	f.schedule(t, soon)
	f.until(t, "soon", wire.JobCompleted)
	if again, err := f.Cancel(t.Context(), "soon"); err != nil || again.Status != wire.JobCompleted {
		t.Errorf("%+v, %v", again, err)
	}
}

// stuck is a hub whose devices never answer.
type stuck struct{ called chan struct{} }

func (s stuck) PatchTwin(context.Context, core.ID, core.TwinPatch, string) (wire.Twin, error) {
	return wire.Twin{}, errors.New("not used")
}

func (stuck) Ask(context.Context, core.Act) error { return nil }

func (s stuck) InvokeMethod(ctx context.Context, _ core.ID, _ core.MethodCall) (core.MethodResult, error) {
	select {
	case s.called <- struct{}{}:
	default:
	}
	<-ctx.Done()
	return core.MethodResult{}, context.Cause(ctx)
}

// Protocol 2.8.4.
func TestCancelWhileRunning(t *testing.T) {
	hub := stuck{make(chan struct{}, 1)}
	f := start(t, t.TempDir(), func(o *jobs.Options) { o.Hub = hub; o.Workers = 1 })
	f.create(t, "a", "b")
	f.schedule(t, methodJob("m", "*"))
	<-hub.called
	if _, err := f.Cancel(t.Context(), "m"); err != nil {
		t.Fatal(err)
	}
	f.until(t, "m", wire.JobCancelled)
	for _, row := range f.rows(t, "m") {
		if row.Status != wire.DeviceJobCanceled {
			t.Errorf("%+v", row)
		}
	}
}

func TestMaxExecutionTime(t *testing.T) {
	f := start(t, t.TempDir(), func(o *jobs.Options) { o.Hub = stuck{make(chan struct{}, 1)}; o.Workers = 1 })
	f.create(t, "a", "b")
	j := methodJob("m", "*")
	j.MaxExecutionTimeInSeconds = 1
	f.schedule(t, j)
	done := f.until(t, "m", wire.JobFailed)
	if done.FailureReason == "" || done.DeviceJobStatistics.FailedCount != 2 || done.DeviceJobStatistics.PendingCount != 0 {
		t.Errorf("%+v %+v", done, *done.DeviceJobStatistics)
	}
}

// A job goes on after a restart, wherever it was.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	hub := stuck{make(chan struct{}, 1)}
	f := start(t, dir, func(o *jobs.Options) { o.Hub = hub; o.Workers = 1 })
	f.create(t, "a", "b", "c")
	f.schedule(t, methodJob("m", "*"))
	later := twinJob("later", "*")
	later.StartTime = &wire.Time{Time: time.Now().Add(time.Hour)}
	f.schedule(t, later)
	<-hub.called
	f.close()
	ahead := func() time.Time { return time.Now().Add(50 * time.Minute) }
	f = start(t, dir, func(o *jobs.Options) { o.Now = ahead })
	if j := f.until(t, "later", wire.JobScheduled); j.StartTime == nil {
		t.Errorf("%+v", j)
	}
	if done := f.until(t, "m", wire.JobCompleted); done.DeviceJobStatistics.FailedCount != 3 {
		t.Errorf("%+v", *done.DeviceJobStatistics)
	}
	for i, want := range []string{"ServerError", "DeviceNotOnline", "DeviceNotOnline"} { // a may have been called, and is not again
		if row := f.rows(t, "m")[i]; row.Error == nil || row.Error.Code != want {
			t.Errorf("%+v %+v, want %s", row, row.Error, want)
		}
	}
	f.close()
	f = start(t, dir, func(o *jobs.Options) { o.Now = func() time.Time { return time.Now().Add(2 * time.Hour) } })
	f.until(t, "later", wire.JobCompleted)
	f.close()
	f = start(t, dir, func(o *jobs.Options) { o.Now = func() time.Time { return time.Now().Add(40 * 24 * time.Hour) } })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		all, _, err := f.Jobs("", "", 10, "")
		if err == nil && len(all) == 0 && len(f.rows(t, "m")) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d jobs are kept for more than 30 days, %v", len(all), err)
		}
	}
}

func TestRefusals(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	f.schedule(t, twinJob("j", "*"))
	long := strings.Repeat("x", 129)
	for name, c := range map[string]struct {
		change func(*wire.Job)
		code   int
	}{
		"twice":             {func(j *wire.Job) { j.JobID = "j" }, 409104},
		"no id":             {func(j *wire.Job) { j.JobID = "" }, 400004},
		"a long id":         {func(j *wire.Job) { j.JobID = long }, 400004},
		"a zero byte":       {func(j *wire.Job) { j.JobID = "a\x00b" }, 400004},
		"no condition":      {func(j *wire.Job) { j.QueryCondition = "" }, 400004},
		"a bad condition":   {func(j *wire.Job) { j.QueryCondition = "a b c" }, 400004},
		"an unknown type":   {func(j *wire.Job) { j.Type = "export" }, 400004},
		"no method":         {func(j *wire.Job) { j.Type = wire.JobMethod }, 400004},
		"no twin":           {func(j *wire.Job) { j.UpdateTwin = nil }, 400004},
		"an empty twin":     {func(j *wire.Job) { j.UpdateTwin = json.RawMessage(`{"tags":null}`) }, 400004},
		"less than no time": {func(j *wire.Job) { j.MaxExecutionTimeInSeconds = -1 }, 400004},
	} {
		j := twinJob("new", "*")
		c.change(&j)
		_, err := f.Create(t.Context(), j)
		wantCode(t, name, err, c.code)
	}
	_, err := f.Job("none")
	wantCode(t, "get", err, 404002)
	_, err = f.Cancel(t.Context(), "none")
	wantCode(t, "cancel", err, 404002)
	_, _, err = f.Jobs("", "", 10, "!")
	wantCode(t, "continuation", err, 400004)
}

func wantCode(t *testing.T, what string, err error, code int) {
	t.Helper()
	if !errors.Is(err, &core.Error{Code: code}) {
		t.Errorf("%s: %v, want %d", what, err, code)
	}
}

// Protocol 2.8.5.
func TestPages(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	for i := range 5 {
		f.schedule(t, twinJob(fmt.Sprintf("j%d", i), "*"))
		f.until(t, fmt.Sprintf("j%d", i), wire.JobCompleted)
	}
	var ids []string
	for continuation := ""; ; {
		page, next, err := f.Jobs("SCHEDULEupdatetwin", wire.JobCompleted, 2, continuation)
		if err != nil || len(page) > 2 {
			t.Fatalf("%d jobs, %v", len(page), err)
		}
		for _, j := range page {
			ids = append(ids, j.JobID)
		}
		if continuation = next; next == "" {
			break
		}
	}
	if got := strings.Join(ids, " "); got != "j0 j1 j2 j3 j4" {
		t.Error(got)
	}
	if none, _, err := f.Jobs(wire.JobMethod, "", 10, ""); err != nil || len(none) != 0 {
		t.Errorf("%d, %v", len(none), err)
	}
}

// Protocol 9: a job does not take from what services have, keeps its own pace,
// and what a fault does to it is in its rows.
func TestGate(t *testing.T) {
	var asked atomic.Int32
	gate := gateFunc(func(a core.Act) error {
		if !a.Job || a.Operation != core.OpTwinUpdate || a.Protocol != "" || a.Size == 0 {
			t.Errorf("asked about %+v", a)
		}
		asked.Add(1)
		if a.ID.Device == "b" {
			return core.NewError(core.CodeThrottled, "later")
		}
		return nil
	})
	f := start(t, t.TempDir(), func(o *jobs.Options) { o.Hub = gated{o.Hub.(*core.Hub), gate} })
	f.create(t, "a", "b")
	f.schedule(t, twinJob("j", "*"))
	f.until(t, "j", wire.JobCompleted)
	if rows := f.rows(t, "j"); asked.Load() != 2 || rows[0].Error != nil || rows[1].Error == nil || rows[1].Error.Code != "ThrottlingException" {
		t.Errorf("asked %d times: %+v", asked.Load(), rows)
	}
}

type gateFunc func(core.Act) error

// gated is a hub with another gate.
type gated struct {
	*core.Hub
	gate gateFunc
}

func (g gated) Ask(_ context.Context, a core.Act) error { return g.gate(a) }
