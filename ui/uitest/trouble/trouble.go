// Package trouble makes the failures of a hub that frames show: errors exactly as hub.Client gives them.
package trouble

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// Names of the failures, in the order of [Of].
var Names = []string{"404", "412", "429", "401", "403", "time-out", "dropped"}

// refusals are the answers of a hub (protocol 2.3).
var refusals = map[string]struct {
	status     int
	name, text string
	retryAfter string
}{
	"404": {404, "DeviceNotFound", "E_DEVICE_NOT_FOUND", ""},
	"412": {412, "PreconditionFailed", "Precondition failed: Device version did not match, existingversion:2 newversion:1", ""},
	"429": {429, "ThrottlingException", "Number of requests exceeds the limit of the hub", "48"},
	"401": {401, "IotHubUnauthorizedAccess", "Unauthorized", ""},
	"403": {403, "IotHubQuotaExceeded", "Total number of messages on IoT hub exceeded the allocated quota", ""},
}

// Of is the failure with a name, of what call asks of the hub.
func Of(name string, call func(ctx context.Context, c *hub.Client) error) error {
	limit := time.Minute
	if name == "time-out" {
		limit = time.Millisecond
	}
	c, err := hub.New(hub.Options{
		Target:      hub.Target{Service: connstr.Service{HostName: "hub.azure-devices.net", PolicyName: "iothubowner", Key: secret.New("a2V5")}},
		HTTPClient:  &http.Client{Transport: answers(name)},
		CallTimeout: limit, Retry: hub.Retry{Tries: 1},
	})
	if err != nil {
		return err
	}
	defer c.Close()
	return call(context.Background(), c)
}

// OfUpdate and OfDelete are those of a change of one device.
func OfUpdate(name, device string) error {
	return Of(name, func(ctx context.Context, c *hub.Client) error {
		_, err := c.UpdateDevice(ctx, hub.Device{DeviceID: device, ETag: "MQ=="})
		return err
	})
}

func OfDelete(name, device string) error {
	return Of(name, func(ctx context.Context, c *hub.Client) error { return c.DeleteDevice(ctx, device, "MQ==") })
}

// OfBulk is that of a change of many.
func OfBulk(name string) error {
	return Of(name, func(ctx context.Context, c *hub.Client) error {
		_, err := c.Bulk(ctx, []hub.Change{{Mode: hub.BulkDelete, Device: hub.Device{DeviceID: "d"}}})
		return err
	})
}

// answers fails every call in one way.
type answers string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	no, ok := refusals[string(a)]
	switch {
	case ok:
	case a == "time-out":
		<-r.Context().Done()
		return nil, r.Context().Err()
	default:
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	header := http.Header{"Content-Type": {"application/json"}, "Iothub-Errorcode": {no.name}}
	if no.retryAfter != "" {
		header.Set("Retry-After", no.retryAfter)
	}
	body := fmt.Sprintf(`{"Message":"ErrorCode:%s;%s","ExceptionMessage":"Tracking ID:3b2f%s-G:4-TimeStamp:11/22/2026 13:03:21"}`, no.name, no.text, string(a))
	return &http.Response{StatusCode: no.status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
