package identity

import (
	"context"
	"errors"

	"hubscope/device"
	"hubscope/device/sim"
	"hubscope/hub"
)

// reviver starts the simulated device again that was refused because its identity was disabled; nil when the
// change does not enable it, or when it was not refused.
func (p *Page) reviver(c change) func(context.Context) error {
	if p.o.Simulated == nil || p.o.Revive == nil || c.before.Status != hub.Disabled || c.after.Status == hub.Disabled {
		return nil
	}
	id := c.after.DeviceID
	if st, ok := p.o.Simulated(id); !ok || st.State != sim.Failed || !errors.Is(st.Err, device.ErrUnauthorized) {
		return nil // it runs, or was stopped, or ended for a reason that is still there
	}
	revive := p.o.Revive
	return func(ctx context.Context) error { return revive(ctx, id) }
}
