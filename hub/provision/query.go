package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hubscope/hub"
)

// Querier runs queries: *hub.Client is one.
type Querier interface {
	Query(ctx context.Context, text string, page int, continuation string) (hub.Page, error)
}

// ErrNoDeviceID says that the rows of a query do not tell which devices they are about.
var ErrNoDeviceID = errors.New("the query gives no deviceId: write SELECT deviceId FROM devices WHERE ..., or the condition alone")

// queryPage is the greatest page that the service promises (protocol 3.4).
const queryPage = 100

// QueryText is the query that a text stands for: itself, or with a condition alone the query for the devices that meet it.
func QueryText(text string) string {
	text = strings.TrimSpace(text)
	if first, _, _ := strings.Cut(text, " "); strings.EqualFold(first, "SELECT") {
		return text
	}
	return "SELECT deviceId FROM devices WHERE " + text
}

// IDs are those of the devices that a query, or a condition alone, finds: in order, each once. Errors: ErrNoDeviceID, those of
// the query.
func IDs(ctx context.Context, q Querier, text string) ([]string, error) {
	var ids []string
	for continuation := ""; ; {
		page, err := q.Query(ctx, QueryText(text), queryPage, continuation)
		if err != nil {
			return nil, fmt.Errorf("find devices by a query: %w", err)
		}
		for _, item := range page.Items {
			var row struct {
				DeviceID string `json:"deviceId"`
			}
			if err := json.Unmarshal(item, &row); err != nil || row.DeviceID == "" {
				return nil, ErrNoDeviceID
			}
			ids = append(ids, row.DeviceID)
		}
		if continuation = page.Continuation; continuation == "" {
			slices.Sort(ids)
			return slices.Compact(ids), nil
		}
	}
}
