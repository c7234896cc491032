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
		{method: http.MethodPost, pattern: "/devices/keys/regenerate", rights: core.RegistryWrite, serve: s.regenerateKeys},
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
	outcomes := make([]importOutcome, len(items))
	s.importGroups(c.Context(), items, groupByDevice(withoutRepeats(items, outcomes), items), outcomes)
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

// importGroups puts the outcomes of items to their places: each group one by one,
// groups at the same time.
func (s *server) importGroups(ctx context.Context, items []wire.BulkItem, groups [][]int, outcomes []importOutcome) {
	slots := make(chan struct{}, bulkWorkers)
	var running sync.WaitGroup
	for _, group := range groups {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			for _, i := range group {
				outcomes[i] = s.importItem(ctx, items[i])
			}
		})
	}
	running.Wait()
}

// withoutRepeats gives the places of the items. An identity that comes again is
// left out, and refused in outcomes.
func withoutRepeats(items []wire.BulkItem, outcomes []importOutcome) []int {
	places := make([]int, 0, len(items))
	seen := make(map[core.ID]bool, len(items))
	for i, item := range items {
		id := core.ID{Device: item.ID, Module: item.ModuleID}
		if seen[id] {
			outcomes[i].err = core.NewError(codeDefinedTwice, "'%s' is in the list more than once.", id)
			continue
		}
		seen[id] = true
		places = append(places, i)
	}
	return places
}

// groupByDevice gives the places of the items of each device.
func groupByDevice(places []int, items []wire.BulkItem) [][]int {
	var groups [][]int
	ofDevice := make(map[string]int, len(places))
	for _, i := range places {
		item := items[i]
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

// Importer does the items of an import from a blob, as POST /devices does its own;
// an identity may come more than once. What the twin of a new device lacks is
// reported as well.
func Importer(h *core.Hub) func(ctx context.Context, items []wire.BulkItem) ([]wire.BulkError, error) {
	s := &server{hub: h}
	return func(ctx context.Context, items []wire.BulkItem) ([]wire.BulkError, error) {
		places := make([]int, len(items))
		for i := range places {
			places[i] = i
		}
		outcomes := make([]importOutcome, len(items))
		s.importGroups(ctx, items, groupByDevice(places, items), outcomes)
		result, err := bulkResult(items, outcomes)
		for _, w := range result.Warnings {
			result.Errors = append(result.Errors, wire.BulkError{DeviceID: w.DeviceID, ErrorCode: wire.CodeName(w.WarningCode), ErrorStatus: w.WarningStatus})
		}
		return result.Errors, err
	}
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
