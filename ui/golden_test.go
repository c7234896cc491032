package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/uitest"
)

// scene is a screen in one state: how to get there and how to know it is there.
type scene struct {
	name    string
	devices []hub.Device
	before  func(s *stage)
	play    func(s *stage)
	see     []string
	gone    string // what must not be seen any more
}

var scenes = []scene{
	{name: "devices", devices: fourDevices(), play: selectWind1, see: []string{"637194"}},
	{name: "devices-empty", see: []string{"No devices yet", "creates a device identity"}},
	{
		name: "devices-keys-shown", devices: fourDevices(),
		play: func(s *stage) { selectWind1(s); s.Press("K") },
		see:  []string{primaryKey[:20]},
	},
	{
		name: "devices-no-answer", see: []string{"the list could not be read", "tries again", "✗ error"},
		before: func(s *stage) { s.registry.fail(os.ErrDeadlineExceeded) },
	},
	{
		name: "devices-stale", devices: fourDevices(),
		play: func(s *stage) {
			selectWind1(s)
			s.registry.fail(os.ErrDeadlineExceeded)
			s.later(95 * time.Second)
		},
		see: []string{"1 min old", "✗ error", "the list could not be read"},
	},
	{
		name: "devices-filter", devices: manyDevices(240),
		play: func(s *stage) {
			s.See("pump-001").Press("/").Type("pmp17").See("21 of 240").Press("enter", "g").See("▸ pump-170")
		},
		see: []string{"21 of 240", "n new", "637194", "version "}, gone: "read)",
	},
	{
		name: "columns", devices: fourDevices(),
		play: func(s *stage) { selectWind1(s); s.Press("C").Type("tags.building, what.is") }, see: []string{"tags.building, what.is", "a path begins with"},
	},
	{
		name: "devices-columns", devices: withTags(fourDevices()),
		play: func(s *stage) {
			selectWind1(s)
			s.Press("C").See("Columns").Type("tags.building").Press("tab", "right", "down", "down", "right", "down", "right", "enter")
			s.See("tags.building").NotSee("Of the twin").Press("o", "o", "o").See("tags.building ▲")
		},
		see: []string{"west", "637194"}, gone: "LAST ACTIVITY",
	},
	{
		name: "new", devices: fourDevices(),
		play: func(s *stage) { selectWind1(s); s.Press("n") }, see: []string{"New device", "device-1"},
	},
	{
		name: "new-wrong-id", devices: fourDevices(),
		play: func(s *stage) {
			selectWind1(s)
			s.Press("n").See("New device").Press("ctrl+u").Type("wind 9")
		},
		see: []string{"wind 9", "✗"},
	},
	{
		name: "delete", devices: fourDevices(),
		play: func(s *stage) { selectWind1(s); s.Press("d") }, see: []string{"Delete the device identity wind-1"},
	},
	{
		name: "copy", devices: fourDevices(),
		play: func(s *stage) { selectWind1(s); s.Press("y") }, see: []string{"Copy of wind-1"},
	},
	{
		name: "twin", devices: fourDevices(), before: func(s *stage) { windTwin(s.registry) },
		play: func(s *stage) { selectWind1(s); s.Press("enter", "]").See("reported: 60") }, see: []string{"Desired", "differs"},
	},
	{
		name: "modules", devices: fourDevices(), before: func(s *stage) { twoModules(s.registry) },
		play: func(s *stage) { selectWind1(s); s.Press("enter", "[") }, see: []string{"camera", "$edgeAgent"},
	},
	{
		name: "modules-empty", devices: fourDevices(),
		play: func(s *stage) { selectWind1(s); s.Press("enter", "[") }, see: []string{"No modules."},
	},
	{
		name: "module", devices: fourDevices(), before: func(s *stage) { twoModules(s.registry) },
		play: func(s *stage) { selectWind1(s); s.Press("enter", "[").See("camera").Press("j", "enter") }, see: []string{"wind-1 / camera", "637194821937465299"},
	},
	{
		name: "module-new", devices: fourDevices(),
		play: func(s *stage) {
			selectWind1(s)
			s.Press("enter", "[").See("No modules.").Press("n").See("New module of wind-1").Press("tab", "right")
		},
		see: []string{"keys of my own", "Secondary key"},
	},
	{
		name: "simulator", devices: fourDevices(),
		before: func(s *stage) { simulated(s.fleet) },
		play:   func(s *stage) { s.Press("2").See("pump-7").Press("j").See("message_1601") },
		see:    []string{"not confirmed in time"},
	},
	{name: "simulator-empty", play: func(s *stage) { s.Press("2") }, see: []string{"No simulated devices yet"}},
	{
		name: "help-denied", see: []string{"Keys", "Not possible here", "registryRead"},
		before: func(s *stage) {
			s.prepare = func(a *App) {
				a.ctx.Rights = &page.Rights{ReadOnly: true}
				a.ctx.Rights.Deny(page.ReadTwins, "the policy registryRead cannot read twins or ask queries")
			}
		},
		play: func(s *stage) { s.Press("?") },
	},
	{name: "help", play: func(s *stage) { s.Press("?") }, see: []string{"Keys", "hubscope 1.2.3"}},
	{name: "command", devices: fourDevices(), play: func(s *stage) { selectWind1(s); readAll(s); s.Press(":").Type("the") }, see: []string{":the", "theme light"}},
	{
		name: "faults", devices: fourDevices(), before: func(s *stage) { s.faults = someFaults() },
		play: func(s *stage) { s.Press("!") }, see: []string{"⚡ 4 faults", "1 ended", "red"},
	},
	{
		name: "faults-empty", before: func(s *stage) { s.faults = newFaultStore() },
		play: func(s *stage) { s.Press("!") }, see: []string{"No faults: everything passes."},
	},
	{
		name: "faults-new", before: func(s *stage) { s.faults = someFaults() },
		play: func(s *stage) { s.Press("!").See("⚡ 4 faults").Press("n") }, see: []string{"New fault", "Retry after"},
	},
	{
		name: "faults-presets", before: func(s *stage) { s.faults = someFaults() },
		play: func(s *stage) { s.Press("!").See("⚡ 4 faults").Press("p") }, see: []string{"drop every connection once"},
	},
	{name: "faults-remote", play: func(s *stage) { s.Press("!") }, see: []string{"made by the local hub"}},
	{
		name: "profiles", devices: fourDevices(), before: userProfiles,
		play: func(s *stage) { openProfiles(s); s.Press("j", "j") }, see: []string{"Next messages of pump-1", "pump-1-1"},
	},
	{
		name: "profiles-odd", before: userProfiles,
		play: func(s *stage) { openProfiles(s); s.Press("j", "j", "j", "j").See("▸ chaos") }, see: []string{"Odd payloads", "more below"},
	},
	{
		name: "profiles-broken", before: userProfiles,
		play: func(s *stage) { openProfiles(s); s.Press("G", "k") }, see: []string{"▸ gate.toml", "line 8, column"},
	},
	{
		name: "profiles-edit", before: userProfiles,
		play: func(s *stage) { openProfiles(s); s.Press("e").See("a copy of the built-in wind") }, see: []string{"✓ 1 kind of messages", "wind-2-1"},
	},
	{
		name: "profiles-mistake", before: userProfiles,
		play: func(s *stage) {
			openProfiles(s)
			s.Press("e").See("✓ 1 kind").Press("down", "down", "down", "end", "left", "left").Type(", mni = 3").See("✗ line 4", "● not saved").Press("ctrl+g")
		},
		see: []string{"Messages before the mistake", " 4:65 "},
	},
	{
		name: "profiles-new", before: userProfiles,
		play: func(s *stage) { openProfiles(s); s.Press("n") }, see: []string{"New profile", "wind-2"},
	},
	{
		name: "profiles-draft", before: withDrafts,
		play: func(s *stage) { openProfiles(s); s.Press("G") }, see: []string{"▸ squall", "never saved", "● draft"},
	},
	{
		name: "profiles-offer", before: withDrafts,
		play: func(s *stage) { openProfiles(s); s.Press("G", "k").See("▸ lamp", "lamp-1", "+0.000 s").Press("e") }, see: []string{"go on with the draft"},
	},
	{
		name: "quit-unsaved", before: withDrafts,
		play: func(s *stage) {
			openProfiles(s)
			s.Press("G").See("▸ squall").Press("e").See("squall.toml  ● not saved", "✓ 2 kinds")
			simulated(s.fleet)
			clickTab(s, "1 Devices").See("No devices yet").Press("q")
		},
		see: []string{"Quit all the same?", "2 simulated devices still run."},
	},
	{
		name: "journal", devices: fourDevices(),
		play: func(s *stage) {
			selectWind1(s)
			readAll(s)
			s.registry.fail(&hub.Error{
				Op: `create device "wind-1"`, Status: 429, Code: 429001, Name: "ThrottlingException",
				Message: "Number of operations exceeds the limit", TrackingID: "3B2F-9-G:4",
			})
			s.Press("n").See("New device").Press("enter").See("✗").Press("esc").Press("J")
		},
		see: []string{"Journal", "3B2F", "slow down"},
	},
}

// withDrafts are the profiles of the user, one with a draft, and a draft of one that was never saved.
func withDrafts(s *stage) { s.profiles.Dir = "testdata/drafts" }

// withTags says in which building each device is, but for the last.
func withTags(devices []hub.Device) []hub.Device {
	for i, building := range []string{"west", "east", "12"} {
		devices[i].Tags = fmt.Appendf(nil, `{"building":%q}`, building)
	}
	return devices
}

func userProfiles(s *stage) { s.profiles.Dir = "testdata/profiles" }

// atHome copies a folder to a home of its own: drafts are written beside profiles, and frames show where these are.
func atHome(t *testing.T, dir string) string {
	t.Helper()
	home := folder(t)
	t.Setenv("HOME", home)
	there := filepath.Join(home, "profiles")
	if err := os.CopyFS(there, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(there, "*"))
	for _, file := range files {
		if err := os.Chtimes(file, fixedNow, fixedNow.Add(-26*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return there
}

// folder is a folder of the test. Other than that of t.TempDir it may be written to while it is taken away: a draft that is
// under way when the screen ends is.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "profiles")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func openProfiles(s *stage) {
	s.See("128/s").Press("2").See("No simulated devices yet").Press("P").See("▸ wind ", "Next messages of", "+0.000 s")
}

func selectWind1(s *stage) {
	s.See("wind-1").Press("j", "j").See("▸ wind-1")
	if s.guarded.app.width >= 100 {
		s.See("since", "637194", "version ")
	}
}

// readAll lets the device be read that is not seen beside a narrow list: what can be done depends on it.
func readAll(s *stage) {
	if s.guarded.app.width < 100 {
		s.Press("enter", "z").See("● connected since").Press("G").See("637194", "version ").Press("g", "z", "esc").See("▸ wind-1", "LAST ACTIVITY")
	}
}

func TestScreen(t *testing.T) {
	for _, sc := range slices.Concat(scenes, simulatorScenes, messageScenes, listFailures()) {
		for _, theme := range []ThemeChoice{DarkTheme, LightTheme, MonoTheme} {
			for _, size := range uitest.Sizes {
				if theme != DarkTheme && size != uitest.Sizes[1] {
					continue
				}
				name := fmt.Sprintf("%s-%s-%dx%d", sc.name, theme, size.Width, size.Height)
				t.Run(name, func(t *testing.T) {
					if !sc.atHome() {
						t.Parallel() // most of a frame is waiting until the cursor has rested
					}
					sc.run(t, theme, size)
				})
			}
		}
	}
}

// atHome says that the scene needs a HOME of its own, which is one for the whole process.
func (sc scene) atHome() bool {
	return strings.HasPrefix(sc.name, "profiles") || sc.name == "quit-unsaved"
}

func (sc scene) run(t *testing.T, theme ThemeChoice, size uitest.Size) {
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, sc.devices...)}
	s.fleet = newFleet(s.registry)
	if sc.before != nil {
		sc.before(s)
	}
	if s.profiles.Dir != "" {
		s.profiles.Dir = atHome(t, s.profiles.Dir)
	}
	s.open(t, theme, size)
	s.See("128/s").NotSee("connecting")
	if sc.play != nil {
		sc.play(s)
	}
	see := sc.see
	if size.Width < 100 {
		see = withoutDetail(see)
	}
	s.See(see...)
	if sc.gone != "" {
		s.NotSee(sc.gone)
	}
	uitest.Golden(t, s.Frame(), size)
}

// withoutDetail leaves out what only the detail pane shows: there is no room for
// it beside the list.
func withoutDetail(parts []string) []string {
	var out []string
	for _, p := range parts {
		if p != "637194" && p != "version " {
			out = append(out, p)
		}
	}
	return out
}

func TestTooSmall(t *testing.T) {
	for _, size := range []uitest.Size{{Width: 79, Height: 24}, {Width: 80, Height: 23}, {Width: 40, Height: 10}, {Width: 12, Height: 4}, {Width: 5, Height: 2}} {
		t.Run(fmt.Sprintf("%dx%d", size.Width, size.Height), func(t *testing.T) {
			s := start(t, DarkTheme, size, fourDevices()...)
			s.See("hub")
			uitest.CheckSize(t, s.Frame(), size)
			s.Resize(80, 24).See("wind-1")
			s.Resize(79, 24).See("Needs 80x24,", "now 79x24.")
		})
	}
}
