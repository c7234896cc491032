package query

import (
	"context"
	"crypto/rand"

	"hubscope/hub/wire"
)

// Engine runs queries. Its methods may be called concurrently.
type Engine struct {
	sources Sources
	key     []byte
	results results
}

// New gives an engine over sources. Key seals continuation tokens: with the same
// secret key they outlive the engine; nil makes a key of its own.
func New(sources Sources, key []byte) *Engine {
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails since Go 1.24
	}
	return &Engine{sources: sources, key: key}
}

// Page is a part of a query's result.
type Page struct {
	Items []any  // each becomes a JSON document
	Type  string // one of the Item values of package wire
	// Continuation asks for what follows; empty on the last page.
	Continuation string
}

// Query gives up to n items of a query's result, from where continuation says;
// "" is the start. Rows are in the order of their keys, a page after another
// goes on at the key where the last one ended: rows that come and go meanwhile
// are seen or not, none is seen twice (protocol 2.6, 3.3). The error is an *Error
// when the text or the continuation is wrong, else that of ctx or of a source.
func (e *Engine) Query(ctx context.Context, text string, n int, continuation string) (Page, error) {
	q, err := Parse(text)
	if err != nil {
		return Page{}, err
	}
	at, err := e.position(q, continuation)
	if err != nil {
		return Page{}, err
	}
	if q.aggregated || q.grouped {
		return e.groupPage(ctx, q, at, n)
	}
	return e.rowPage(ctx, q, at, n)
}

// itemType is what SELECT says of the items (protocol 3.3).
func (q *Query) itemType() string {
	switch {
	case q.from == Jobs:
		return wire.ItemDeviceJob
	case len(q.items) == 0:
		return wire.ItemTwin
	}
	return wire.ItemRaw
}

// rowPage gives up to n rows. The token points before the first row of the next
// page, so that what is read here to find out whether there is one is not read
// again.
func (e *Engine) rowPage(ctx context.Context, q *Query, at position, n int) (Page, error) {
	page := Page{Items: []any{}, Type: q.itemType()}
	if at.left >= 0 {
		n = int(min(int64(n), at.left))
	}
	last := at.left >= 0 && int64(n) == at.left // of TOP
	if n == 0 {
		return page, nil
	}
	beyond := 0
	for r, err := range rows(ctx, e.sources.of(q.from), q.where, at.after) {
		if err != nil {
			return Page{}, err
		}
		isMatch := matches(q.where, r)
		if len(page.Items) == n {
			if beyond++; isMatch || beyond > lookAhead {
				page.Continuation = e.token(q.text, at)
				return page, nil
			}
		}
		at.after = r.Key()
		if !isMatch {
			continue
		}
		page.Items = append(page.Items, q.document(r))
		if at.left > 0 {
			at.left--
		}
		if last && len(page.Items) == n {
			break
		}
	}
	return page, nil
}
