package ui

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/ui/keys"
	"hubscope/ui/page"
	"hubscope/ui/profiles"
)

// reading are the bindings that change nothing on a hub or at a device, wherever they are
// pressed. Stopping simulated devices stays possible whatever the rights are.
var reading = strings.Fields(`Quit ForceQuit Help Palette Journal Back TabDevices TabSimulator TabMonitor NextPane PreviousPane Events
	Up Down PageUp PageDown HalfUp HalfDown Top Bottom Left Right
	Filter Reload Copy ShowKeys StopAll Pause MarkAll Export Follow Sort SortReverse Columns Faults Profiles Use
	NextSection PreviousSection Zoom Query Confirm Cancel NextField PreviousField`)

// ofRunning are the bindings that change a simulated device that runs: none does without the right to.
var ofRunning = strings.Fields("Faster Slower Troubles")

// guardedKey is a place where a binding would change something.
type guardedKey struct {
	name, binding, key string
	open               []string // keys that lead there
	at                 string   // what is seen there
	action             page.Action
}

var guardedKeys = []guardedKey{
	{"devices", "New", "n", nil, "4 of 4", page.ChangeRegistry},
	{"devices", "Delete", "d", nil, "4 of 4", page.ChangeRegistry},
	{"devices", "StartStop", "s", nil, "4 of 4", page.Simulate},
	{"devices marked", "CallMany", "M", []string{"space"}, "old-gateway marked", page.Invoke},
	{"identity", "Edit", "e", []string{"enter"}, "Primary key", page.ChangeRegistry},
	{"modules", "New", "n", []string{"enter", "["}, "No modules.", page.ChangeRegistry},
	{"twin", "Edit", "e", []string{"enter", "]"}, "Desired", page.ChangeTwins},
	{"twin", "EditOutside", "E", []string{"enter", "]"}, "Desired", page.ChangeTwins},
	{"twin", "Delete", "d", []string{"enter", "]"}, "Desired", page.ChangeTwins},
	{"c2d", "Edit", "e", []string{"enter", "]", "]", "]"}, "none can be sent", page.SendMessages},
	{"c2d send", "Send", "ctrl+s", []string{"enter", "]", "]", "]"}, "none can be sent", page.SendMessages},
	{"c2d purge", "ClearAll", "D", []string{"enter", "]", "]", "]"}, "none can be sent", page.SendMessages},
	{"modules", "Delete", "d", []string{"enter", "["}, "No modules.", page.ChangeRegistry},
	{"methods", "Open", "enter", []string{"enter", "]", "]"}, "No method can be called", page.Invoke},
	{"simulator", "New", "n", []string{"2"}, "None can be started", page.Simulate},
	{"devices", "NewMany", "N", nil, "4 of 4", page.ChangeRegistry},
	{"faults", "New", "n", []string{"!"}, "None can be made here", page.MakeFaults},
	{"faults", "Preset", "p", []string{"!"}, "None can be made here", page.MakeFaults},
	{"faults", "Delete", "d", []string{"!"}, "None can be made here", page.MakeFaults},
	{"faults", "ClearAll", "D", []string{"!"}, "None can be made here", page.MakeFaults},
}

// TestNoBindingIsForgotten: a binding is known to read, or it is tried below.
func TestNoBindingIsForgotten(t *testing.T) {
	all := reflect.TypeFor[keys.Map]()
	for i := range all.NumField() {
		name := all.Field(i).Name
		tried := slices.ContainsFunc(guardedKeys, func(g guardedKey) bool { return g.binding == name })
		if known := slices.Contains(reading, name) || slices.Contains(ofRunning, name); known == tried {
			t.Errorf("%s: known to change nothing is %v, tried without the right is %v", name, known, tried)
		}
	}
}

// TestGuardedKeys: without the right each refuses with the reason where it is pressed, and
// the status line does not offer it.
func TestGuardedKeys(t *testing.T) {
	for _, g := range guardedKeys {
		t.Run("read-only/"+g.name+" "+g.key, func(t *testing.T) {
			s := withRights(t, &page.Rights{ReadOnly: true})
			s.See("4 of 4").Press(g.open...).See(g.at)
			const refusal = ": hubscope was started with --read-only"
			text := s.Text()
			before := strings.Count(text, refusal) // an empty page says it too
			lines := strings.Split(strings.TrimRight(text, "\n "), "\n")
			for offer := range strings.SplitSeq(lines[len(lines)-1], "  ") {
				if strings.HasPrefix(strings.TrimSpace(offer), g.key+" ") {
					t.Errorf("offered: %s", offer)
				}
			}
			s.Press(g.key).Wait("a refusal", func(text string) bool { return strings.Count(text, refusal) > before })
		})
	}
}

// TestGuardedKeysOfPolicies: the same for what a policy cannot do.
func TestGuardedKeysOfPolicies(t *testing.T) {
	for _, policy := range []string{"registryRead", "service", "device", "iothubowner"} {
		rights := rightsOf(hub.Target{Service: connstr.Service{PolicyName: policy}}, false)
		for _, g := range guardedKeys {
			why := rights.Denied(g.action)
			if why == "" || !slices.Contains([]string{"devices", "devices marked", "identity", "modules"}, g.name) {
				continue
			}
			t.Run(policy+"/"+g.name+" "+g.key, func(t *testing.T) {
				reason := ": the policy " + policy + " cannot"
				s := withRights(t, rights)
				s.See("4 of 4").Press(g.open...).See(g.at)
				before := strings.Count(s.Text(), reason)
				s.Press(g.key).Wait("a refusal", func(text string) bool { return strings.Count(text, reason) > before })
			})
		}
	}
}

// guardedCommands are those of the palette that would change something.
var guardedCommands = []struct {
	name string   // what is typed
	open []string // keys that lead to where it is offered
	at   string   // what is seen there
}{
	{"new", nil, "4 of 4"},
	{"new many", nil, "4 of 4"},
	{"delete", nil, "4 of 4"},
	{"start", nil, "4 of 4"},
	{"edit twin", []string{"enter", "]"}, "Desired"},
	{"call method", []string{"enter", "]", "]"}, "No method can be called"},
	{"send message", []string{"enter", "]", "]", "]"}, "none can be sent"},
	{"purge queue", []string{"enter", "]", "]", "]"}, "none can be sent"},
}

// TestGuardedCommands: the palette is no way around: a command refuses with the reason.
func TestGuardedCommands(t *testing.T) {
	for _, c := range guardedCommands {
		t.Run(c.name, func(t *testing.T) {
			s := withRights(t, &page.Rights{ReadOnly: true})
			const refusal = ": hubscope was started with --read-only"
			s.See("4 of 4").Press(c.open...).See(c.at)
			before := strings.Count(s.Text(), refusal)
			s.Press(":").See("╭─ Command").Type(c.name).See("▸ " + c.name).Press("enter")
			s.Wait("a refusal", func(text string) bool { return strings.Count(text, refusal) > before })
		})
	}
}

// withRights is the program with the rights that a policy or the user leaves.
func withRights(t *testing.T, r *page.Rights) *stage {
	t.Helper()
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, fourDevices()...)}
	s.fleet = newFleet(s.registry)
	s.faults = &faultStore{}
	s.prepare = func(a *App) { a.ctx.Rights = r }
	s.open(t, DarkTheme, usual)
	return s
}

// TestProfilesWithoutRights: they are files of the user and change nothing on a hub.
func TestProfilesWithoutRights(t *testing.T) {
	dir := filepath.Join(folder(t), "profiles")
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, fourDevices()...), profiles: profiles.Options{Dir: dir}}
	s.fleet = newFleet(s.registry)
	s.prepare = func(a *App) { a.ctx.Rights = &page.Rights{ReadOnly: true} }
	s.open(t, DarkTheme, usual)
	s.See("4 of 4").Press("2").See("None can be started").Press("P").See("built in", "Next messages of").Press("n").See("New profile").Press("enter").See("● not saved").Press("ctrl+s").See("saved").NotSee("● not saved", "… saving", "--read-only")
	if files, err := filepath.Glob(filepath.Join(dir, "*.toml")); err != nil || len(files) != 1 {
		t.Errorf("written are %v, %v", files, err)
	}
}
