package devices

import (
	"context"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// listing is a registry that can only be listed.
type listing struct {
	Registry
	devices []hub.Listed
}

func (l listing) List(context.Context, hub.Listing) ([]hub.Listed, string, error) {
	return l.devices, "", nil
}

func (l listing) RegistryStatistics(context.Context) (hub.RegistryStatistics, error) {
	return hub.RegistryStatistics{TotalDeviceCount: int64(len(l.devices))}, nil
}

// TestReadBeforeAChange: rows and counts that were read before a device went do not bring it back.
func TestReadBeforeAChange(t *testing.T) {
	p := New(page.NewContext(t.Context(), theme.Dark), Options{Registry: listing{devices: named("a", "b")}, Detail: nothing{}, Fleet: idle{}})
	t.Cleanup(p.Close)
	p.SetSize(80, 24)
	p.rows.replace(readPage{size: 100}, named("a", "b"), "")
	p.poll()
	rows := p.readAgain(t.Context(), p.rows.pages, nil)()
	stats := p.readStats(t.Context())()

	p.rows.remove("a")
	p.o.Registry = listing{devices: named("b")}
	p.Update(page.DevicesChanged{DeviceIDs: []string{"a"}})
	p.Update(p.readStats(t.Context())())
	p.Update(rows)
	p.Update(stats)
	if got := shownIDs(p.rows); !slices.Equal(got, []string{"b"}) || p.stats.TotalDeviceCount != 1 {
		t.Errorf("%q, %d in all", got, p.stats.TotalDeviceCount)
	}
	if p.Update(p.readAgain(t.Context(), p.rows.pages, nil)()); p.load.polling {
		t.Error("the answer to the new question is not taken")
	}
}

// nothing is beside the list.
type nothing struct{ Detail }

func (nothing) SetDevice(hub.Device) tea.Cmd { return nil }
func (nothing) Forget()                      {}
func (nothing) SetSize(int, int)             {}

// idle simulates no device.
type idle struct{ Fleet }

func (idle) One(string) (sim.Status, bool) { return sim.Status{}, false }
func (idle) States() sim.States            { return sim.States{} }
