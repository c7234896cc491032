package hub

import (
	"context"
	"net/http"

	"hubscope/hub/wire"
)

// PurgeC2D removes all cloud-to-device messages that wait for a device and gives
// their number. Those that asked for negative feedback give some. It fails with
// [ErrNotFound] when there is no such device (protocol 2.4).
func (c *Client) PurgeC2D(ctx context.Context, deviceID string) (int, error) {
	var w wire.PurgeResult
	_, err := c.do(ctx, call{
		op: "purge messages of " + nameOf(deviceID, ""), method: http.MethodDelete,
		path: idPath("devices", deviceID) + "/commands",
	}, &w)
	return w.TotalMessagesPurged, err
}
