package jobs

import (
	"context"
	"encoding/json"

	"hubscope/hub/localhub/query"
)

// Rows are what jobs do to single devices as a source of queries: devices.jobs
// (protocol 2.8).
func (s *Service) Rows() query.Source { return rows{s} }

type rows struct{ jobs *Service }

func (rows) Leading() string { return "jobId" }

// scanRows is how many rows are read at a time.
const scanRows = 256

func (r rows) Scan(ctx context.Context, in query.Span, visit func(query.Row) bool) error {
	for from, more := in.From, true; more; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		found, next, err := r.jobs.DeviceJobs(from, scanRows)
		if err != nil {
			return err
		}
		for _, j := range found {
			text, err := json.Marshal(j)
			if err != nil {
				return err
			}
			key := j.JobID + "\x00" + j.DeviceID + "\x00" + j.ModuleID
			if in.Until != "" && key >= in.Until || !visit(query.DocumentRow(key, text)) {
				return nil
			}
		}
		from, more = next, next != ""
	}
	return nil
}
