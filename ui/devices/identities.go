package devices

import (
	"context"
	"slices"

	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/ui/devices/roster"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// The list comes from a query, which takes a policy that may read twins. Under one that may
// read the registry only, it comes from the route of identities: at most a thousand, since that has no pages.

type lister func(ctx context.Context, l hub.Listing) ([]hub.Listed, string, error)

func (p *Page) lister() lister {
	registry := p.o.Registry
	if !p.withoutQueries() {
		return registry.List
	}
	return func(ctx context.Context, _ hub.Listing) ([]hub.Listed, string, error) {
		devices, err := registry.Identities(ctx, hub.MaxIdentities)
		if err != nil {
			return nil, "", err
		}
		slices.SortFunc(devices, func(a, b hub.Device) int { return roster.Compare(a.DeviceID, b.DeviceID) })
		items := make([]hub.Listed, len(devices))
		for i, d := range devices {
			d.Auth.Primary, d.Auth.Secondary = secret.Text{}, secret.Text{} // a list has no use for keys
			items[i].Device = d
		}
		return items, "", nil
	}
}

func (p *Page) withoutQueries() bool {
	return !p.ctx.May(page.ReadTwins) && p.ctx.May(page.ReadRegistry)
}

// learned says whether a failure tells that the policy may not ask queries, which was not known before.
func (p *Page) learned(err error) bool {
	before := p.withoutQueries()
	failure.Learn(p.ctx, page.ReadTwins, err, "read twins or ask queries")
	return !before && p.withoutQueries()
}

// limited says why there may be more devices than can be listed; "" when there are not.
func (p *Page) limited() string {
	if !p.withoutQueries() || p.rows.loaded() < hub.MaxIdentities {
		return ""
	}
	return "Only the first 1,000 can be listed: " + p.ctx.Denied(page.ReadTwins) + "."
}
