package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/localhub/query"
	"hubscope/hub/wire"
)

const leadingDevice, leadingJob = "deviceId", "jobId"

// devices are the twins of devices as a source of queries.
type devices struct{ hub *core.Hub }

func (devices) Leading() string { return leadingDevice }

func (d devices) Count(context.Context) (int64, error) {
	return d.hub.RegistryStatistics().TotalDeviceCount, nil
}

func (d devices) Scan(_ context.Context, after string, n int) ([]query.Row, error) {
	twins, _, err := d.hub.Twins(after, n)
	return twinRows(twins), err
}

func (d devices) Lookup(_ context.Context, id, after string, n int) ([]query.Row, error) {
	if n < 1 || query.DeviceKey(id) <= after {
		return nil, nil
	}
	twin, err := d.hub.Twin(core.ID{Device: id})
	if errors.Is(err, &core.Error{Code: core.CodeDeviceNotFound}) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []query.Row{query.TwinRow(&twin)}, nil
}

func twinRows(twins []wire.Twin) []query.Row {
	rows := make([]query.Row, len(twins))
	for i := range twins {
		rows[i] = query.TwinRow(&twins[i])
	}
	return rows
}

// modules are the twins of modules as a source of queries.
type modules struct{ hub *core.Hub }

func (modules) Leading() string { return leadingDevice }

func (m modules) Scan(_ context.Context, after string, n int) ([]query.Row, error) {
	device, module, _ := strings.Cut(after, "\x00")
	twins, _, err := m.hub.ModuleTwins(core.ID{Device: device, Module: module}, n)
	return twinRows(twins), err
}

func (m modules) Lookup(ctx context.Context, device, after string, n int) ([]query.Row, error) {
	return under(device, after, func(after string) ([]query.Row, error) { return m.Scan(ctx, after, n) })
}

// deviceJobs are what jobs do to single devices as a source of queries.
type deviceJobs struct{ jobs *jobs.Service }

func (deviceJobs) Leading() string { return leadingJob }

func (d deviceJobs) Scan(_ context.Context, after string, n int) ([]query.Row, error) {
	found, _, err := d.jobs.DeviceJobs(after, n)
	rows := make([]query.Row, len(found))
	for i, j := range found {
		text, err := json.Marshal(j)
		if err != nil {
			return nil, fmt.Errorf("encode job %s of device %s: %w", j.JobID, j.DeviceID, err)
		}
		rows[i] = query.DocumentRow(j.JobID+"\x00"+j.DeviceID+"\x00"+j.ModuleID, text)
	}
	return rows, err
}

func (d deviceJobs) Lookup(ctx context.Context, job, after string, n int) ([]query.Row, error) {
	return under(job, after, func(after string) ([]query.Row, error) { return d.Scan(ctx, after, n) })
}

// under gives the rows whose keys begin with an id and a zero byte.
func under(id, after string, scan func(after string) ([]query.Row, error)) ([]query.Row, error) {
	rows, err := scan(max(after, id))
	for i, r := range rows {
		if !strings.HasPrefix(r.Key(), id+"\x00") {
			return rows[:i], err
		}
	}
	return rows, err
}
