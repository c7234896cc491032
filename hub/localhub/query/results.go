package query

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"hubscope/hub/wire"
)

// results keeps the last results of GROUP BY, so that their second pages need no
// second pass. The oldest go first, and what is too large is not kept.
type results struct {
	mu   sync.Mutex
	kept []result // guarded by mu
}

type result struct {
	text  string
	items []any
	bytes int
}

func (r *results) get(text string) ([]any, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range r.kept {
		if k.text == text {
			return k.items, true
		}
	}
	return nil, false
}

func (r *results) put(text string, items []any) {
	fresh := result{text: text, items: items, bytes: len(text)}
	for _, item := range items {
		raw, _ := item.(json.RawMessage)
		fresh.bytes += len(raw)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = slices.DeleteFunc(r.kept, func(k result) bool { return k.text == text })
	r.kept = append(r.kept, fresh)
	for r.bytes() > keptBytes || len(r.kept) > keptResults {
		r.kept = slices.Delete(r.kept, 0, 1)
	}
}

// bytes must be called with mu held.
func (r *results) bytes() (n int) {
	for _, k := range r.kept {
		n += k.bytes
	}
	return n
}

// groupPage gives up to n groups. A first page is always computed; a later one
// is cut from what was kept of it, and computed again only when that is gone.
func (e *Engine) groupPage(ctx context.Context, q *Query, at position, n int) (Page, error) {
	items, ok := []any(nil), false
	if at.groups > 0 {
		items, ok = e.results.get(q.text)
	}
	if !ok {
		var err error
		if items, err = e.collect(ctx, q); err != nil {
			return Page{}, err
		}
		items = items[:q.limited(int64(len(items)))]
		if len(items) > n {
			e.results.put(q.text, items)
		}
	}
	from := int(min(at.groups, uint64(len(items))))
	to := min(from+n, len(items))
	page := Page{Items: items[from:to:to], Type: wire.ItemRaw}
	if to < len(items) {
		page.Continuation = e.token(q.text, position{left: at.left, groups: uint64(to)})
	}
	return page, nil
}
