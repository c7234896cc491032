package rest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// Subset is a [Querier] for the queries that an explorer of the registry needs: SELECT
// * FROM devices, with or without WHERE deviceId = '...', and SELECT COUNT() AS
// name FROM devices. It refuses all others with a text that says so.
func Subset(h *core.Hub) Querier { return subset{h} }

type subset struct{ hub *core.Hub }

var (
	selectAll = regexp.MustCompile(`(?is)^\s*SELECT\s+\*\s+FROM\s+devices(?:\s+WHERE\s+(?:devices\s*\.\s*)?deviceId\s*=\s*(?:'((?:[^']|'')*)'|"([^"]*)"))?\s*;?\s*$`)
	countAll  = regexp.MustCompile(`(?is)^\s*SELECT\s+COUNT\s*\(\s*\)(?:\s+AS\s+([a-z_][a-z0-9_]*))?\s+FROM\s+devices\s*;?\s*$`)
)

func (s subset) Query(_ context.Context, text string, limit int, continuation string) (QueryPage, error) {
	if m := countAll.FindStringSubmatch(text); m != nil {
		return s.count(m[1]), nil
	}
	m := selectAll.FindStringSubmatch(text)
	if m == nil {
		return QueryPage{}, core.NewError(core.CodeArgumentInvalid, "BadRequest: the local hub does not understand this query yet; it knows SELECT * FROM devices [WHERE deviceId = '...'] and SELECT COUNT() [AS name] FROM devices.")
	}
	if id := strings.ReplaceAll(m[1], "''", "'") + m[2]; strings.Contains(strings.ToLower(text), "where") {
		return s.one(id)
	}
	return s.all(text, limit, continuation)
}

func (s subset) count(name string) QueryPage {
	if name == "" {
		name = "$1"
	}
	return QueryPage{Type: wire.ItemRaw, Items: []any{map[string]int64{name: s.hub.RegistryStatistics().TotalDeviceCount}}}
}

func (s subset) one(id string) (QueryPage, error) {
	page := QueryPage{Type: wire.ItemTwin}
	twin, err := s.hub.Twin(core.ID{Device: id})
	switch {
	case errors.Is(err, &core.Error{Code: core.CodeDeviceNotFound}):
		return page, nil
	case err != nil:
		return QueryPage{}, err
	}
	page.Items = []any{twin}
	return page, nil
}

func (s subset) all(text string, limit int, continuation string) (QueryPage, error) {
	after, err := readContinuation(text, continuation)
	if err != nil {
		return QueryPage{}, err
	}
	twins, next, err := s.hub.Twins(after, limit)
	if err != nil {
		return QueryPage{}, err
	}
	page := QueryPage{Type: wire.ItemTwin, Items: make([]any, len(twins))}
	for i, twin := range twins {
		page.Items[i] = twin
	}
	if next != "" {
		page.Continuation = continuationFor(text, next)
	}
	return page, nil
}

// A continuation is opaque to clients: the place to go on, behind a mark of the
// query that it belongs to.
func continuationFor(query, after string) string {
	return base64.StdEncoding.EncodeToString(append(queryMark(query), after...))
}

func readContinuation(query, token string) (after string, err error) {
	if token == "" {
		return "", nil
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	mark := queryMark(query)
	if err != nil || len(raw) <= len(mark) || string(raw[:len(mark)]) != string(mark) {
		return "", core.NewError(core.CodeArgumentInvalid, "The continuation token is not one of this query.")
	}
	return string(raw[len(mark):]), nil
}

func queryMark(query string) []byte {
	sum := sha256.Sum256([]byte(query))
	return sum[:6]
}
