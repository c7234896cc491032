package query_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"hubscope/hub/localhub/query"
)

// memory is a source of documents, in the order of their keys; read counts the
// rows that it gave. It is cut into small pieces, so that tests read at several
// places at once.
type memory struct {
	rows []query.Row
	read atomic.Int64
	// onRead is told how many rows were given; nil for nobody.
	onRead func(n int64)
}

func (*memory) Leading() string { return "deviceId" }

func (m *memory) Scan(ctx context.Context, in query.Span, visit func(query.Row) bool) error {
	for _, r := range m.rows[m.at(in.From):] {
		if in.Until != "" && r.Key() >= in.Until {
			break
		}
		n := m.read.Add(1)
		if m.onRead != nil {
			m.onRead(n)
		}
		if ctx.Err() != nil || !visit(r) {
			break
		}
	}
	return context.Cause(ctx)
}

func (m *memory) Cut(_ context.Context, in query.Span, n int) (string, error) {
	at := m.at(in.From) + min(n, 16)
	if at >= len(m.rows) || in.Until != "" && m.rows[at].Key() >= in.Until {
		return "", nil
	}
	return m.rows[at].Key(), nil
}

// at is the place of the first row whose key is not less.
func (m *memory) at(key string) int {
	at, _ := slices.BinarySearchFunc(m.rows, key, func(r query.Row, key string) int { return strings.Compare(r.Key(), key) })
	return at
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
