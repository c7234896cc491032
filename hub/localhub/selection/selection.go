// Package selection is the query language over a hub, and finds the devices and
// modules that a condition means: the queryCondition of a job and the
// targetCondition of a configuration (protocol 2.8, 2.9, 3).
package selection

import (
	"context"
	"iter"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
)

// Parse reads the forms that clients write: a condition alone, "*" or nothing for
// all devices, or one with its source, "FROM devices.modules WHERE ...". The error
// is 400004, with the place in the text as it was given.
func Parse(text string) (*query.Condition, error) {
	c, err := query.ParseCondition(text)
	return c, refusal(err)
}

// Check tells what is wrong with a text of the query language. Error: 400004.
func Check(text string) error {
	_, err := query.Parse(text)
	return refusal(err)
}

// IDs gives the identities whose twins the condition is true for, in their order,
// some at a time. It ends after the first error, which may be that of ctx.
func (l *Language) IDs(ctx context.Context, c *query.Condition) iter.Seq2[[]core.ID, error] {
	return func(yield func([]core.ID, error) bool) {
		for keys, err := range c.Keys(ctx, l.sources) {
			ids := make([]core.ID, len(keys))
			for i, key := range keys {
				device, module, _ := strings.Cut(key, "\x00")
				ids[i] = core.ID{Device: device, Module: module}
			}
			if (len(ids) > 0 || err != nil) && !yield(ids, err) {
				return
			}
		}
	}
}
