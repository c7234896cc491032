package simulate

import (
	"charm.land/bubbles/v2/key"

	"hubscope/ui/keys"
	"hubscope/ui/page"
)

// bindings are the keys of the page, switched on where they work.
func (p *Page) bindings() keys.Map {
	k := *p.ctx.Keys
	has := p.table.Key() != ""
	st, _ := p.rows.selected(p.table)
	for _, b := range []*key.Binding{&k.StartStop, &k.Edit, &k.Troubles, &k.Open, &k.Follow} {
		b.SetEnabled(has)
	}
	k.Faster.SetEnabled(has && st.State.Running())
	k.Slower.SetEnabled(has && st.State.Running())
	k.Delete.SetEnabled(has && !st.State.Running())
	k.Sort.SetEnabled(len(p.rows.all) > 1)
	k.StopAll.SetEnabled(p.running() > 0)
	k.New.SetEnabled(p.o.Registry != nil && p.ctx.May(page.Simulate))
	return k
}

// ShortHelp implements help.KeyMap.
func (p *Page) ShortHelp() []key.Binding {
	k := p.bindings()
	k.New.SetHelp("n", "start many")
	k.StartStop.SetHelp("s", "start")
	if st, ok := p.rows.selected(p.table); ok && st.State.Running() {
		k.StartStop.SetHelp("s", "stop")
	}
	k.Edit.SetHelp("e", "behaviour")
	k.Troubles.SetHelp("F", "faults")
	k.Sort.SetHelp("o", "worst first")
	if p.rows.ailing {
		k.Sort.SetHelp("o", "all")
	}
	k.Delete.SetHelp("d", "take off")
	k.Open.SetHelp("enter", "device")
	return []key.Binding{k.StartStop, k.StopAll, k.New, k.Edit, k.Troubles, k.Sort, k.Profiles, k.Faster, k.Slower, k.Delete, k.Open, k.Follow}
}

// FullHelp implements help.KeyMap.
func (p *Page) FullHelp() [][]key.Binding {
	k := p.bindings()
	k.StartStop.SetHelp("s", "start or stop the device")
	k.StopAll.SetHelp("S", "stop all")
	k.New.SetHelp("n", "start many devices")
	k.Profiles.SetHelp("P", "profiles: what devices are like")
	k.Edit.SetHelp("e", "change the device's behaviour")
	k.Troubles.SetHelp("F", "give the device a fault")
	k.Sort.SetHelp("o", "show the worst devices, or all")
	k.Faster.SetHelp("+", "send more often")
	k.Slower.SetHelp("-", "send less often")
	k.Delete.SetHelp("d", "take an ended device off the list")
	k.Open.SetHelp("enter", "show it under Devices")
	k.Follow.SetHelp("f", "events of this device only, or of all")
	return [][]key.Binding{{k.StartStop, k.StopAll, k.New, k.Profiles, k.Edit, k.Troubles, k.Sort, k.Faster, k.Slower, k.Delete, k.Open, k.Follow}}
}

// Commands implements page.Commander.
func (p *Page) Commands() []page.Command {
	list := []page.Command{
		{Name: "stop all", Desc: "stop all simulated devices", Run: p.stopAll},
		{Name: "worst", Desc: "show the worst simulated devices, or all", Run: p.toggleWorst},
	}
	if p.o.Registry != nil {
		list = append(list, page.Command{Name: "many", Desc: "start many simulated devices", Run: p.askMany})
	}
	return list
}
