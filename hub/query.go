package hub

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"hubscope/hub/wire"
)

// Page is one page of a query's result.
type Page struct {
	Items []json.RawMessage
	// ItemType says what the items are: one of the Item values of package wire.
	ItemType string
	// Continuation asks for the next page; empty on the last one.
	Continuation string
}

// Query runs a text of the IoT Hub query language and gives one page of its
// result. Page is the greatest number of items, 0 for the service's default of
// 100; the service may give fewer and still have more. Continuation is empty for
// the first page and then what the page before gave, with the same text. A text
// that the service does not understand gives [ErrBadRequest] (protocol 2.6).
func (c *Client) Query(ctx context.Context, text string, page int, continuation string) (Page, error) {
	return c.query(ctx, "query", text, page, continuation)
}

func (c *Client) query(ctx context.Context, op, text string, page int, continuation string) (Page, error) {
	k := call{
		op: op, method: http.MethodPost, path: "/devices/query",
		header: http.Header{}, body: wire.QueryRequest{Query: text}, idempotent: true,
	}
	if page > 0 {
		k.header.Set(wire.HeaderMaxItemCount, strconv.Itoa(page))
	}
	if continuation != "" {
		k.header.Set(wire.HeaderContinuation, continuation)
	}
	var items []json.RawMessage
	header, err := c.do(ctx, k, &items)
	if err != nil {
		return Page{}, err
	}
	return Page{Items: items, ItemType: header.Get(wire.HeaderItemType), Continuation: header.Get(wire.HeaderContinuation)}, nil
}

// Devices lists device identities, a page at a time; page and continuation as for
// [Client.Query]. It reads twins, so the devices have tags and no keys: read one
// with [Client.Device] for these.
func (c *Client) Devices(ctx context.Context, page int, continuation string) ([]Device, string, error) {
	listed, next, err := c.List(ctx, Listing{Page: page, Continuation: continuation})
	if err != nil {
		return nil, "", err
	}
	devices := make([]Device, len(listed))
	for i, l := range listed {
		devices[i] = l.Device
	}
	return devices, next, nil
}
