package ui

import (
	"fmt"
	"slices"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/uitest/trouble"
)

const oneSecond = time.Second

// mayLearn lets the screen learn what the policy may not.
func mayLearn(s *stage) { s.prepare = func(a *App) { a.ctx.Rights = &page.Rights{} } }

// askDelete asks whether the first devices of the list are to be deleted.
func askDelete(s *stage, n int) {
	s.See("pump-001", "128/s").Press(slices.Repeat([]string{"space"}, n)...)
	s.See(fmt.Sprintf("%d marked", n))
	if s.guarded.app.width >= 100 {
		s.See("637194", "version ") // of the device under the cursor
	}
	s.Press("d").See(fmt.Sprintf("Delete %d devices?", n))
}

// deleteMany deletes them, their number typed.
func deleteMany(s *stage, n int) {
	askDelete(s, n)
	s.later(oneSecond).Type(fmt.Sprint(n)).See("enter: delete").Press("enter")
}

// removeScenes are the boxes that delete devices, and each failure in them.
func removeScenes() []scene {
	list := []scene{
		{name: "delete-few", devices: manyDevices(240), play: func(s *stage) { askDelete(s, 4) }, see: []string{"• pump-004"}},
		{
			name: "delete-many", devices: manyDevices(240),
			play: func(s *stage) { askDelete(s, 120); s.later(oneSecond).Type("12") }, see: []string{"▸ 12", "pump-001, pump-002", " more"}, gone: "▸ 120",
		},
		{
			name: "delete-many-typed", devices: manyDevices(240),
			play: func(s *stage) { askDelete(s, 12); s.later(oneSecond).Type("12") }, see: []string{"enter: delete", "pump-012"},
		},
		{
			name: "delete-many-429", devices: manyDevices(240), before: func(s *stage) { mayLearn(s); s.registry.refuse(trouble.OfBulk("429")) },
			play: func(s *stage) { deleteMany(s, 12) }, see: []string{"the hub asks for patience, next try in 48 s"},
		},
		{
			name: "delete-many-stopped", devices: manyDevices(240), before: func(s *stage) { mayLearn(s); s.registry.refuse(trouble.OfBulk("429")) },
			play: func(s *stage) { deleteMany(s, 12); s.See("next try in 48 s").Press("esc") }, see: []string{"Not all deleted", "Left: pump-001, pump-002"},
		},
		{
			name: "delete-many-412", devices: manyDevices(240),
			play: func(s *stage) {
				askDelete(s, 12)
				for _, id := range []string{"pump-003", "pump-007"} {
					s.registry.change(id, func(d *hub.Device) { d.StatusReason = "needed after all" })
				}
				s.later(oneSecond).Type("12").See("enter: delete").Press("enter")
			},
			see: []string{"10 devices deleted, 2 not deleted", "pump-007: it was changed", "100 of 230"},
		},
	}
	for _, failure := range []string{"401", "403", "time-out", "dropped"} {
		list = append(list, scene{
			name: "delete-many-" + failure, devices: manyDevices(240), before: func(s *stage) { mayLearn(s); s.registry.refuse(trouble.OfBulk(failure)) },
			play: func(s *stage) { deleteMany(s, 12) }, see: []string{"Not all deleted", "Left: pump-001", disableSays[failure]},
		})
	}
	for _, failure := range []string{"412", "429", "401", "403", "time-out", "dropped"} {
		says := disableSays[failure]
		if failure == "412" {
			says = "y deletes it as it is now"
		}
		list = append(list, scene{
			name: "delete-" + failure, devices: fourDevices(), before: func(s *stage) { mayLearn(s); s.registry.refuse(trouble.OfDelete(failure, "wind-1")) },
			play: func(s *stage) {
				selectWind1(s)
				s.Press("d").See("Delete the device identity wind-1?")
				s.later(oneSecond).Press("y")
			},
			see: []string{"✗ not deleted: ", says},
		})
	}
	return list
}
