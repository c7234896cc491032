package rest

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const (
	maxBulk     = 100     // items, protocol 2.4
	maxBulkBody = 8 << 20 // bytes: twins of full size in all of them
	// bulkWorkers changes run at a time: those that come together share one
	// write to the disk.
	bulkWorkers = 32

	codeBulkFailure  = 400013 // BulkRegistryOperationFailure
	codeDefinedTwice = 400011 // DeviceDefinedMultipleTimes
)

func (s *server) bulkRoutes() []route {
	return []route{
		{method: http.MethodPost, pattern: "/devices", rights: core.RegistryWrite, maxBody: maxBulkBody, serve: s.bulk},
	}
}

// bulk does what it can of the items: each on its own, those of one device in
// the order in which they stand. The answer is a result whatever fails; its
// status is 400 when something did (protocol 2.1, 2.4).
func (s *server) bulk(c *call) (answer, error) {
	var items []wire.BulkItem
	if err := c.decode(&items); err != nil {
		return answer{}, err
	}
	switch n := len(items); {
	case n == 0:
		return answer{}, core.NewError(core.CodeArgumentInvalid, "The list of devices is empty.")
	case n > maxBulk:
		return answer{}, core.NewError(core.CodeTooManyDevices, "The list has %d devices, at most %d are allowed.", n, maxBulk)
	}
	outcomes := s.importAll(c.Context(), items)
	result, err := bulkResult(items, outcomes)
	if err != nil {
		return answer{}, err
	}
	if result.IsSuccessful {
		return answer{body: result}, nil
	}
	failure := core.NewError(codeBulkFailure, "")
	return answer{status: failure.Status, body: result, header: map[string]string{wire.HeaderErrorCode: failure.Name}}, nil
}

// importOutcome is what became of an item: neither, one or both.
type importOutcome struct{ err, warning error }

// importAll gives the outcomes in the order of the items.
func (s *server) importAll(ctx context.Context, items []wire.BulkItem) []importOutcome {
	outcomes := make([]importOutcome, len(items))
	slots := make(chan struct{}, bulkWorkers)
	var running sync.WaitGroup
	for _, group := range groupByDevice(items, outcomes) {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			for _, i := range group {
				outcomes[i] = s.importItem(ctx, items[i])
			}
		})
	}
	running.Wait()
	return outcomes
}

// groupByDevice gives the places of the items of each device. An identity that
// comes again is left out, and refused in outcomes.
func groupByDevice(items []wire.BulkItem, outcomes []importOutcome) [][]int {
	var groups [][]int
	ofDevice := make(map[string]int, len(items))
	seen := make(map[core.ID]bool, len(items))
	for i, item := range items {
		id := core.ID{Device: item.ID, Module: item.ModuleID}
		if seen[id] {
			outcomes[i].err = core.NewError(codeDefinedTwice, "'%s' is in the list more than once.", id)
			continue
		}
		seen[id] = true
		g, known := ofDevice[item.ID]
		if !known {
			g = len(groups)
			ofDevice[item.ID] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// bulkResult fails when the hub itself did.
func bulkResult(items []wire.BulkItem, outcomes []importOutcome) (wire.BulkResult, error) {
	result := wire.BulkResult{Errors: []wire.BulkError{}, Warnings: []wire.BulkWarning{}}
	for i, outcome := range outcomes {
		item := items[i]
		var refusal *core.Error
		if outcome.err != nil {
			if !errors.As(outcome.err, &refusal) {
				return wire.BulkResult{}, outcome.err
			}
			result.Errors = append(result.Errors, wire.BulkError{
				DeviceID: item.ID, ModuleID: item.ModuleID,
				ErrorCode: wire.CodeName(refusal.Name), ErrorStatus: refusal.Message,
			})
		}
		if outcome.warning != nil {
			if !errors.As(outcome.warning, &refusal) {
				return wire.BulkResult{}, outcome.warning
			}
			result.Warnings = append(result.Warnings, wire.BulkWarning{
				DeviceID: item.ID, WarningCode: wire.WarningWithoutTwin, WarningStatus: refusal.Message,
			})
		}
	}
	result.IsSuccessful = len(result.Errors) == 0
	return result, nil
}
