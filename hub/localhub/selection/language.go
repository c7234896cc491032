package selection

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
)

// Language is the query language over one hub. Its methods may be called
// concurrently; a refusal of a text is a *core.Error that says where it is wrong.
type Language struct {
	engine  *query.Engine
	sources query.Sources
}

// New gives the language over the devices and modules of h, and over what jobs do
// to devices; jobs may be nil: then devices.jobs has no rows.
func New(h *core.Hub, jobs query.Source) *Language {
	sources := Sources(h)
	sources.Jobs = jobs
	return &Language{query.New(sources, tokenKey(h)), sources}
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

// Query gives up to n items of a query's result from where continuation says
// (protocol 2.6). Error: 400004.
func (l *Language) Query(ctx context.Context, text string, n int, continuation string) (query.Page, error) {
	page, err := l.engine.Query(ctx, text, n, continuation)
	return page, refusal(err)
}

// Count tells how many items a query has (protocol 2.9: metrics). Error: 400004.
func (l *Language) Count(ctx context.Context, text string) (int64, error) {
	n, err := l.engine.Count(ctx, text)
	return n, refusal(err)
}

// refusal words an error of the language as the service would: its text begins
// with BadRequest (protocol 2.6).
func refusal(err error) error {
	var wrong *query.Error
	if errors.As(err, &wrong) {
		return core.NewError(core.CodeArgumentInvalid, "BadRequest: %s.", wrong)
	}
	return err
}
