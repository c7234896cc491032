package create

import (
	"context"

	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/ui/uitest/trouble"
)

// frame is a screen, how to come to it, and a text that only then is there.
type frame struct {
	name string
	play func(s *stage)
	see  string
}

// failedFrames are the two forms after the hub has refused, or did not answer: what was typed stays.
func failedFrames() []frame {
	var out []frame
	for failure, word := range map[string]string{
		"401": "refused the policy", "403": "quota", "429": "throttled", "time-out": "in time", "dropped": "was cut",
	} {
		out = append(out,
			frame{"one-failed-" + failure, func(s *stage) {
				s.store.fail(trouble.Of(failure, func(ctx context.Context, c *hub.Client) error {
					_, err := c.CreateDevice(hub.TryOnce(ctx), hub.Device{DeviceID: "wind-10"})
					return err
				}))
				s.Press("n").See("device-2")
				s.fill("wind-10").Press("enter")
			}, word},
			frame{"many-failed-" + failure, func(s *stage) {
				o := outcomeOf(provision.Counts{Total: 8000, Created: 300, Untried: 7700})
				o.err = trouble.OfBulk(failure)
				ended(s, o, false, false)
			}, word})
	}
	return out
}
