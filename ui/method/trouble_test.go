package method

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
)

// TestTroubleInWords: each failure has a word for the list, a sentence and, but for what nobody can help, a next step.
func TestTroubleInWords(t *testing.T) {
	refused := func(status, code int, name string) error {
		return fmt.Errorf("call: %w", &hub.Error{Op: `invoke "m" on device "d"`, Status: status, Code: code, Name: name, TrackingID: "T-1"})
	}
	module := target{"d", "m"}
	device := target{"d", ""}
	for _, c := range []struct {
		name                  string
		err                   error
		at                    target
		connect               time.Duration
		canStart              bool
		short, sentence, next string
	}{
		{"offline", refused(404, 404103, "DeviceNotOnline"), device, 0, true, "offline", "the device is not connected", "s starts its simulated device, then r calls again; a time to connect waits for it"},
		{"offline and cannot be started", refused(404, 404103, "DeviceNotOnline"), device, 0, false, "offline", "the device is not connected", "a time to connect"},
		{"did not connect", refused(404, 404103, "DeviceNotOnline"), device, time.Minute, false, "offline", "did not connect in 1 min", "more time to connect"},
		{"module offline", refused(404, 404103, "DeviceNotOnline"), module, 0, false, "offline", "the module is not connected", "a time to connect"},
		{"silent", refused(504, 504101, "GatewayTimeout"), device, 0, false, "no answer", "the device did not answer in 30 s", "e gives it more time"},
		{"went away", refused(404, 404104, "DeviceConnectionClosedRemotely"), device, 0, false, "went away", "went away before it answered", "then r calls again"},
		{"unknown", refused(404, 404001, "DeviceNotFound"), device, 0, false, "unknown", "no such device", "reads the list"},
		{"unknown module", refused(404, 404010, "ModuleNotFound"), module, 0, false, "unknown", "no such module", "reads the list"},
		{"too large", refused(413, 413001, "MessageTooLarge"), device, 0, false, "too large", "a hub takes 128 kB", "smaller"},
		{"not JSON", refused(502, 502000, "GenericBadGateway"), device, 0, false, "not JSON", "not JSON", "program on the device"},
		{"throttled", &hub.Error{Op: "invoke", Status: 429, RetryAfter: 8 * time.Second}, device, 0, false, "throttled", "too many requests", "try again in 8s"},
		{"quota", refused(403, 403002, "IotHubQuotaExceeded"), device, 0, false, "refused", "quota of the day", "midnight"},
		{"wrong key", refused(401, 401003, "IotHubUnauthorized"), device, 0, false, "refused", "refused the policy or its key", "SharedAccessKey"},
		{"basic tier", refused(403, 403010, "OperationNotAvailableInCurrentTier"), device, 0, false, "refused", "tier", "standard"},
		{"hub in trouble", refused(500, 500001, "ServerError"), device, 0, false, "failed", "problem of its own", "try again"},
		{"cancelled", fmt.Errorf("call: %w", context.Canceled), device, 0, false, "cancelled", "cancelled", "the device may run it all the same"},
		{"hub silent", context.DeadlineExceeded, device, 0, false, "no answer", "the hub did not answer in 45 s", "look there before r"},
		{"cut", io.ErrUnexpectedEOF, device, 0, false, "cut off", "was cut", "look there before r"},
		{"read failed", &net.OpError{Op: "read", Err: errors.New("reset")}, device, 0, false, "cut off", "", "look there before r"},
		{"no such host", &net.OpError{Op: "dial", Err: &net.DNSError{Name: "h", IsNotFound: true}}, device, 0, false, "failed", "no host named h", "HostName"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := explain(c.err, hub.MethodCall{Name: "m", ResponseTimeout: 30 * time.Second, ConnectTimeout: c.connect}, c.at, c.canStart)
			if got.short != c.short || !strings.Contains(got.sentence, c.sentence) || !strings.Contains(got.next, c.next) || got.detail == "" {
				t.Errorf("%+v", got)
			}
			if strings.Contains(got.next, "s starts") != c.canStart || strings.HasPrefix(got.sentence, "could not") || len(got.short) > 9 {
				t.Errorf("%+v", got)
			}
			var e *hub.Error
			if errors.As(c.err, &e) && got.trackingID != e.TrackingID {
				t.Errorf("tracking id %q", got.trackingID)
			}
		})
	}
}
