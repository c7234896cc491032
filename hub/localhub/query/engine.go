package query

import (
	"context"
	"crypto/rand"
	"iter"

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

// found is what a piece has of a page.
type found struct {
	in    Span
	read  int // rows
	items []foundItem
}

type foundItem struct {
	key      string
	document any
}

// rowPage gives up to n rows. The token points to the first row of the next page,
// so that what is read here to find out whether there is one is not read again.
func (e *Engine) rowPage(ctx context.Context, q *Query, at position, n int) (Page, error) {
	page := Page{Items: []any{}, Type: q.itemType()}
	if at.left >= 0 {
		n = int(min(int64(n), at.left))
	}
	if n == 0 {
		return page, nil
	}
	last := at.left >= 0 && int64(n) == at.left // of TOP
	beyond := 0
	for f, err := range e.find(ctx, q, at.from, n+1) {
		if err != nil {
			return Page{}, err
		}
		for _, item := range f.items {
			if len(page.Items) == n {
				page.Continuation = e.token(q.text, position{left: at.left, from: item.key})
				return page, nil
			}
			page.Items = append(page.Items, item.document)
			if at.left > 0 {
				at.left--
			}
		}
		if len(page.Items) < n {
			continue
		}
		if last {
			break
		}
		if beyond += f.read; beyond > lookAhead && f.in.Until != "" {
			page.Continuation = e.token(q.text, position{left: at.left, from: f.in.Until})
			break
		}
	}
	return page, nil
}

// find gives what matches, piece by piece, up to n of each.
func (e *Engine) find(ctx context.Context, q *Query, from string, n int) iter.Seq2[found, error] {
	rows := rowsOf(e.sources.of(q.from), q.where, from)
	return inOrder(ctx, rows, func(ctx context.Context, in Span) (f found, err error) {
		f.in = in
		f.read, err = rows.scan(ctx, in, func(r Row) bool {
			f.items = append(f.items, foundItem{r.Key(), q.document(r)})
			return len(f.items) < n
		})
		return f, err
	})
}

// Count tells how many items a query has, without making them.
func (e *Engine) Count(ctx context.Context, text string) (n int64, err error) {
	q, err := Parse(text)
	if err != nil {
		return 0, err
	}
	if q.aggregated || q.grouped {
		items, err := e.collect(ctx, q)
		return q.limited(int64(len(items))), err
	}
	source := e.sources.of(q.from)
	if counter, ok := source.(Counter); ok && q.where == nil {
		n, err := counter.Count(ctx)
		return q.limited(n), err
	}
	rows := rowsOf(source, q.where, "")
	pieces := inOrder(ctx, rows, func(ctx context.Context, in Span) (n int64, err error) {
		_, err = rows.scan(ctx, in, func(Row) bool { n++; return true })
		return n, err
	})
	for some, err := range pieces {
		if n += some; err != nil {
			return 0, err
		}
	}
	return q.limited(n), nil
}

// limited keeps to TOP.
func (q *Query) limited(n int64) int64 {
	if q.top >= 0 {
		n = min(n, int64(q.top))
	}
	return n
}
