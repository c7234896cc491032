package hub

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"hubscope/hub/wire"
)

// MaxIdentities is the greatest number of device identities that [Client.Identities] gives.
const MaxIdentities = 1000

// Identities reads up to limit device identities with their keys, in no promised order; the service has
// no way to ask for those after them, so that fewer than limit are all that there are (protocol 2.1). Limit is at most
// [MaxIdentities]. See [Client.Devices] for a list with pages and tags, but with no keys.
func (c *Client) Identities(ctx context.Context, limit int) ([]Device, error) {
	var answer []wire.Device
	if _, err := c.do(ctx, call{
		op: "list device identities", method: http.MethodGet, path: "/devices",
		query: url.Values{"top": {strconv.Itoa(limit)}}, idempotent: true,
	}, &answer); err != nil {
		return nil, err
	}
	devices := make([]Device, len(answer))
	for i, w := range answer {
		devices[i] = deviceFromWire(w)
	}
	return devices, nil
}
