package query

import (
	"context"
	"iter"
	"strings"
)

// rows gives the rows after a key that where may be true for, in the order of
// their keys. It looks up those that where names, and else reads them all, or
// those with a common start (protocol 3.1, 3.2).
func rows(ctx context.Context, s Source, where expression, after string) iter.Seq2[Row, error] {
	member := s.Leading()
	if wanted, ok := values(where, member); ok {
		return func(yield func(Row, error) bool) {
			for _, value := range sorted(wanted) {
				read := func(after string, n int) ([]Row, error) { return s.Lookup(ctx, value, after, n) }
				if !batches(ctx, after, read, yield) {
					return
				}
			}
		}
	}
	start := prefix(where, member)
	if start != "" {
		after = max(after, before(start))
	}
	read := func(after string, n int) ([]Row, error) { return s.Scan(ctx, after, n) }
	return func(yield func(Row, error) bool) {
		batches(ctx, after, read, func(r Row, err error) bool {
			if err == nil && start != "" && !strings.HasPrefix(r.Key(), start) {
				return false
			}
			return yield(r, err)
		})
	}
}

// batches reads to the end, each time more: who takes only a page should not
// wait for rows beyond it. False: stop.
func batches(ctx context.Context, after string, read func(after string, n int) ([]Row, error), yield func(Row, error) bool) bool {
	for n := firstBatch; ; n = min(2*n, maxBatch) {
		if err := context.Cause(ctx); err != nil {
			yield(nil, err)
			return false
		}
		batch, err := read(after, n)
		if err != nil {
			yield(nil, err)
			return false
		}
		for _, r := range batch {
			if !yield(r, nil) {
				return false
			}
		}
		if len(batch) < n {
			return true
		}
		after = batch[len(batch)-1].Key()
	}
}

// Rows gives the rows of s that the condition is true for, in the order of their
// keys. It ends after the first error, which may be that of ctx.
func (c *Condition) Rows(ctx context.Context, s Sources) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for r, err := range rows(ctx, s.of(c.from), c.where, "") {
			if err == nil && !c.Matches(r) {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
