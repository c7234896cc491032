package method

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
	hubtrouble "hubscope/ui/uitest/trouble"
)

// failing fails the calls of a device in the way that its id names.
type failing struct{}

func (failing) InvokeModuleMethod(_ context.Context, id, _ string, m hub.MethodCall) (hub.MethodResult, error) {
	name := strings.TrimPrefix(id, "pump-")
	coded := map[string]hub.Error{
		"404103": {Status: 404, Code: 404103, Name: "DeviceNotOnline"},
		"404104": {Status: 404, Code: 404104, Name: "DeviceConnectionClosedRemotely"},
		"504101": {Status: 504, Code: 504101, Name: "GatewayTimeout"},
		"413001": {Status: 413, Code: 413001, Name: "MessageTooLarge"},
	}
	if refused, ok := coded[name]; ok {
		refused.Op, refused.TrackingID = "invoke", "5e0f2b9d-G:7-TimeStamp:11/22/2026 14:03:21"
		return hub.MethodResult{}, &refused
	}
	if name == "time-out" { // the time of a call of a method is the page's
		return hub.MethodResult{}, fmt.Errorf("invoke method: %w", context.DeadlineExceeded)
	}
	return hub.MethodResult{}, hubtrouble.Of(name, func(ctx context.Context, c *hub.Client) error {
		_, err := c.InvokeModuleMethod(hub.TryOnce(ctx), id, "", m)
		return err
	})
}

// failures are those that a call can meet, and a word of what is said of each.
var failures = map[string]string{
	"404103": "is not connected", "404104": "went away", "504101": "did not answer in 30 s", "413001": "too large",
	"404": "no such device", "401": "refused the policy", "403": "quota", "time-out": "did not answer in", "dropped": "cut",
}

// TestFailureFrames: each failure stands in the list of calls and beside the form, and what was typed stays.
func TestFailureFrames(t *testing.T) {
	each(t, "429", sectionSizes, func(t *testing.T, mode theme.Mode, size uitest.Size) {
		c := &clock{}
		o := goldenOptions(t)
		o.Hub = failing{}
		s := section(t, o, size, mode, func(ctx *page.Context, _ *Page) { ctx.Now, ctx.Location = c.Now, time.UTC })
		s.show(connected("pump-429"), "").See("Method", "Payload")
		s.Press("e").Type("reboot").Press("tab").Type(`{"delay": 5}`).Press("ctrl+s").See("… waiting")
		c.after.Add(int64(2 * time.Second))
		s.See("throttled")
		// The hub is asked again by the real clock.
		s.Send(do(nothing(func() { s.root.page.(*Page).desk.running.until.Store(c.Now().Add(48 * time.Second).UnixNano()) })))
		s.See("next try in 48 s")
		uitest.Golden(t, s.framed(size), size)
	})
	for failure, word := range failures {
		each(t, failure, sectionSizes, func(t *testing.T, mode theme.Mode, size uitest.Size) {
			c := &clock{}
			o := goldenOptions(t)
			o.Hub = failing{}
			s := section(t, o, size, mode, func(ctx *page.Context, _ *Page) { ctx.Now, ctx.Location = c.Now, time.UTC })
			s.show(connected("pump-"+failure), "").See("Method", "Payload")
			s.Press("e").Type("reboot").Press("tab").Type(`{"delay": 5}`).Press("ctrl+s").See("✗", `{"delay": 5}`)
			s.Wait(word, func(text string) bool { return strings.Contains(strings.Join(strings.Fields(text), " "), word) })
			uitest.Golden(t, s.framed(size), size)
		})
	}
}
