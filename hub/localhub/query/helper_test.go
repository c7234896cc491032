package query_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hubscope/hub/localhub/query"
)

// memory is a source of documents, in the order of their keys; read counts the
// rows that it gave.
type memory struct {
	rows []query.Row
	read int
}

func (*memory) Leading() string { return "deviceId" }

func (m *memory) Scan(_ context.Context, after string, n int) ([]query.Row, error) {
	from, found := slices.BinarySearchFunc(m.rows, after, func(r query.Row, key string) int { return strings.Compare(r.Key(), key) })
	if found {
		from++
	}
	batch := m.rows[from:min(from+n, len(m.rows))]
	m.read += len(batch)
	return batch, nil
}

func (m *memory) Lookup(ctx context.Context, value, after string, n int) ([]query.Row, error) {
	var of []query.Row
	for _, r := range m.rows {
		if id, _, _ := strings.Cut(r.Key(), "\x00"); id == value && r.Key() > after && len(of) < n {
			of = append(of, r)
		}
	}
	m.read += len(of)
	return of, nil
}

// documents makes a source of JSON texts with deviceId and maybe moduleId.
func documents(t testing.TB, texts ...string) *memory {
	t.Helper()
	m := &memory{}
	for _, text := range texts {
		var id struct{ DeviceID, ModuleID string }
		if err := json.Unmarshal([]byte(text), &id); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		key := query.DeviceKey(id.DeviceID)
		if id.ModuleID != "" {
			key = query.ModuleKey(id.DeviceID, id.ModuleID)
		}
		m.rows = append(m.rows, query.DocumentRow(key, json.RawMessage(text)))
	}
	slices.SortFunc(m.rows, func(a, b query.Row) int { return strings.Compare(a.Key(), b.Key()) })
	return m
}

// run gives all items of a query, read in pages of n.
func run(t rapid.TB, e *query.Engine, text string, n int) (items []string, itemType string) {
	t.Helper()
	continuation := ""
	for range 10_000 {
		page, err := e.Query(context.Background(), text, n, continuation)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if len(page.Items) > n {
			t.Fatalf("%s: a page of %d items, at most %d were asked for", text, len(page.Items), n)
		}
		for _, item := range page.Items {
			raw, err := json.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, string(raw))
		}
		if page.Continuation == "" {
			return items, page.Type
		}
		continuation = page.Continuation
	}
	t.Fatalf("%s: does not end", text)
	return nil, ""
}
