package rest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/localhub/query"
)

// Language is a [Querier] for the whole query language over the devices and
// modules of h, and over what jobs do to devices; jobs may be nil: then
// devices.jobs has no rows.
func Language(h *core.Hub, scheduled *jobs.Service) Querier {
	sources := query.Sources{Devices: devices{h}, Modules: modules{h}}
	if scheduled != nil {
		sources.Jobs = deviceJobs{scheduled}
	}
	return language{query.New(sources, tokenKey(h))}
}

// tokenKey lets continuation tokens outlive the process: it is as secret and as
// lasting as the hub's own key.
func tokenKey(h *core.Hub) []byte {
	policy, ok := h.Policy("iothubowner")
	if !ok {
		return nil
	}
	key := hmac.New(sha256.New, []byte(policy.Primary.Reveal()))
	key.Write([]byte("continuation tokens of queries"))
	return key.Sum(nil)
}

type language struct{ engine *query.Engine }

func (l language) Query(ctx context.Context, text string, limit int, continuation string) (QueryPage, error) {
	page, err := l.engine.Query(ctx, text, limit, continuation)
	var wrong *query.Error
	if errors.As(err, &wrong) {
		// The service's text begins with BadRequest (protocol 2.6).
		return QueryPage{}, core.NewError(core.CodeArgumentInvalid, "BadRequest: %s.", wrong)
	}
	return QueryPage(page), err
}
