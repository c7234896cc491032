package ui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/device/sim/profile"
)

// withProfiles opens the page of profiles over a folder of its own, which does not exist yet.
func withProfiles(t *testing.T, files map[string]string) (s *stage, dir string) {
	t.Helper()
	dir = filepath.Join(folder(t), "hubscope", "profiles")
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	c := &clock{now: fixedNow}
	s = &stage{clock: c, registry: newRegistry(c, fourDevices()...)}
	s.fleet = newFleet(s.registry)
	s.profiles.Dir = dir
	s.open(t, DarkTheme, usual)
	openProfiles(s)
	return s, dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const breeze = `description = "mine"
[[messages]]
interval = "2s"
body = '{"n": {{n}}}'
`

func TestANewProfileWithAMistakeOnTheWay(t *testing.T) {
	s, dir := withProfiles(t, nil)
	s.Press("n").See("New profile", "wind-2").Press("ctrl+u").See("✗ a name is needed")
	s.Type("a/x").See("✗ '/' cannot be part of a name").NotSee("enter make it")
	s.Press("ctrl+u").Type("Wind").See("✗ a profile of this name is there already")
	s.Press("ctrl+u").Type("gale").See("enter make it").Press("enter")
	s.See("gale.toml  ● not saved", "a copy of the built-in wind", "✓ 1 kind of messages", `{"deviceId": "gale-1"`, "1:1").NotSee("New profile")

	// The mistake is told with its place, and a key goes there.
	s.Press("down", "down", "down").Press("end", "left", "left").Type(", mni = 3")
	s.See("✗ line 4, column", `unknown key "mni"`, "✗  4", "Messages before the mistake", "ctrl+g to the mistake")
	s.Press("ctrl+home").See(" 1:1 ").Press("ctrl+g").See(" 4:").NotSee(" 1:1 ")
	s.Press("ctrl+z").NotSee("✗ line").See("✓ 1 kind of messages", "Next messages of gale-1")
	for range len(", mni = 3") - 1 {
		s.Press("ctrl+z")
	}
	if _, err := os.Stat(filepath.Join(dir, "gale.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there before anything was saved: %v", err)
	}
	s.Press("ctrl+s").See("gale.toml saved").NotSee("● not saved", "a copy of")
	path := filepath.Join(dir, "gale.toml")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v", info, err)
	}
	if wind, _ := profile.Builtin("wind"); read(t, path) != wind.Source {
		t.Errorf("saved: %s", read(t, path))
	}
	s.Press("esc").See("▸ gale", "yours", "Next messages of gale-1")
	if rest, _ := filepath.Glob(filepath.Join(dir, ".*")); len(rest) != 0 {
		t.Errorf("left behind: %v", rest)
	}
	s.Press("esc").See("No simulated devices yet")
}

func TestLeavingTheEditorAsksWhenSomethingWouldBeLost(t *testing.T) {
	s, dir := withProfiles(t, map[string]string{"breeze.toml": breeze})
	s.Press("G").See("▸ breeze", `{"n": 1}`).Press("e").See("breeze.toml", "✓ 1 kind").Press("esc").See("▸ breeze")
	s.Press("e").See("✓ 1 kind").Type("# note").See("● not saved").Press("esc").See("breeze.toml is not saved", "save and leave", "discard")
	s.Press("esc").NotSee("save and leave").See("# note").Press("esc").See("save and leave").Press("d").See("▸ breeze").NotSee("# note")
	if got := read(t, filepath.Join(dir, "breeze.toml")); got != breeze {
		t.Errorf("discarded, and the file holds %q", got)
	}
	s.Press("e").See("✓ 1 kind").Type("# kept").Press("enter", "esc").See("save and leave").Press("s").See("breeze.toml saved", "▸ breeze")
	if got := read(t, filepath.Join(dir, "breeze.toml")); got != "# kept\n"+breeze {
		t.Errorf("saved: %q", got)
	}
	// What was asked for by name and never saved would be lost too.
	s.Press("n").See("New profile", "breeze-2").Press("enter").See("breeze-2.toml  ● not saved").Press("esc").See("breeze-2.toml is not saved").Press("d").See("▸ breeze")
}

func TestABuiltInProfileIsCopiedWhenItIsEdited(t *testing.T) {
	s, dir := withProfiles(t, nil)
	s.Press("e").See("wind-2.toml", "a copy of the built-in wind").NotSee("● not saved").Press("esc").See("▸ wind ").NotSee("yours")
	s.Press("e").See("✓ 1 kind").Type("#").See("● not saved").Press("ctrl+s").See("wind-2.toml saved").Press("esc").See("▸ wind-2", "yours")
	wind, _ := profile.Builtin("wind")
	if got := read(t, filepath.Join(dir, "wind-2.toml")); got != "#"+wind.Source {
		t.Errorf("the copy is %q", got)
	}
}

func TestAFileThatChangedMeanwhileIsNotWrittenOver(t *testing.T) {
	s, dir := withProfiles(t, map[string]string{"breeze.toml": breeze})
	path := filepath.Join(dir, "breeze.toml")
	s.Press("G").See("▸ breeze").Press("e").See("✓ 1 kind").Type("# mine").See("● not saved")
	write(t, path, "# theirs\n"+breeze)
	s.Press("ctrl+s").See("breeze.toml was changed meanwhile", "overwrite", "read it anew")
	if got := read(t, path); got != "# theirs\n"+breeze {
		t.Fatalf("written over: %q", got)
	}
	s.Press("esc").See("# mine", "● not saved").NotSee("overwrite").Press("ctrl+s").See("overwrite").Press("r").See("# theirs").NotSee("# mine", "● not saved")
	s.Type("# mine").See("● not saved")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s.Press("ctrl+s").See("breeze.toml was deleted meanwhile").NotSee("read it anew").Press("o").See("breeze.toml saved")
	if got := read(t, path); got != "# mine# theirs\n"+breeze {
		t.Errorf("saved: %q", got)
	}
}

func TestANewFileThatIsThereMeanwhile(t *testing.T) {
	s, dir := withProfiles(t, nil)
	s.Press("n").See("wind-2").Press("enter").See("● not saved")
	write(t, filepath.Join(dir, "wind-2.toml"), breeze)
	s.Press("ctrl+s").See("wind-2.toml is there already")
	if got := read(t, filepath.Join(dir, "wind-2.toml")); got != breeze {
		t.Errorf("written over: %q", got)
	}
}

func TestABrokenProfile(t *testing.T) {
	s, dir := withProfiles(t, map[string]string{"gate.toml": strings.ReplaceAll(breeze, "{{n}}", "{{m}}"), "notes.txt": "no profile"})
	s.Press("G").See("▸ gate.toml", "✗ broken", "✗ line 4, column 17", "1 broken").NotSee("u use", "notes")
	s.Press("u").See("gate.toml is broken and cannot be used")
	s.Press("e").See("No messages yet", "✗ line 4").Press("ctrl+g").See(" 4:17 ").Press("delete").Type("n").See("✓ 1 kind", `{"n": 1}`)
	s.Press("ctrl+s").See("gate.toml saved").Press("esc").See("▸ gate ", "yours").NotSee("broken ")
	write(t, filepath.Join(dir, "calm.json"), `{"messages": [{"body": 1}], "nmae": 2}`)
	s.Press("r").See("calm.json", "1 broken", "▸ gate ")
	// A broken one may be saved, and it is said.
	s.Press("e").See("✓ 1 kind").Type("x").See("✗ line 1").Press("ctrl+s").See("gate.toml saved", "cannot be used before 1 mistake is mended")
}

func TestTwoProfilesOfOneName(t *testing.T) {
	s, _ := withProfiles(t, map[string]string{"breeze.toml": breeze})
	s.Press("G").See("▸ breeze").Press("e").See("✓ 1 kind").Type(`name = "pump"`).Press("enter").See("✗ the profile", "is there already, built in")
}

func TestDeletingAProfile(t *testing.T) {
	s, dir := withProfiles(t, map[string]string{"breeze.toml": breeze})
	s.Press("d").See("wind is built in and stays").Press("G").See("▸ breeze").Press("d").See("Delete breeze.toml?")
	s.later(time.Second).Press("esc").NotSee("Delete breeze").Press("d").See("Delete breeze.toml?")
	s.later(time.Second).Press("y").See("breeze.toml deleted", "▸ chaos").NotSee("yours")
	if _, err := os.Stat(filepath.Join(dir, "breeze.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

func TestUsingAProfile(t *testing.T) {
	s := start(t, DarkTheme, usual, fourDevices()...)
	simulated(s.fleet)
	s.See("4 of 4").Press(":").Type("profiles").See("look, make, edit").Press("enter").See("Next messages of wind-1", "▸ wind ")
	s.Press("j", "j").See("Next messages of pump-1").Press("u").See("devices that start from now on are pump")
	if got := s.fleet.Usual().Profile; got == nil || got.Name != "pump" {
		t.Errorf("devices are to start as %+v", got)
	}
	s.Press("esc", "2").See("2 running").Press("j").See("▸ wind-1").Press("P").See("Next messages of wind-1", "▸ pump")
	s.Press("enter").See("Use pump", "for wind-1", "for new devices").Press("d").See("wind-1 is a pump now").NotSee("Use pump")
	s.Press("esc").See("2 running").Press("g").See("▸ pump-7").Press("P").See("Next messages of pump-7")
}

func TestProfilesWithoutAFolder(t *testing.T) {
	s := start(t, DarkTheme, usual)
	openProfiles(s)
	s.Press("n", "e", "E", "d").See("wind is built in", "u use").NotSee("n new", "New profile", "a copy of")
}

// What a profile says and makes is outside text, here and in the editor.
func TestProfilesOfOutsideTextAreHarmless(t *testing.T) {
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c)}
	s.fleet = newFleet(s.registry)
	userProfiles(s)
	s.profiles.Dir = atHome(t, s.profiles.Dir)
	s.open(t, DarkTheme, usual)
	check := func() {
		t.Helper()
		if frame := s.Frame(); strings.Contains(frame, "\x1b[2J") || strings.Contains(frame, "\x1b]0") || strings.ContainsAny(frame, "\x07\u202e\u009b") {
			t.Error("text from outside is on the screen as it is")
		}
	}
	openProfiles(s)
	s.Press("G").See("▸ odd", "evil ␛[31m", "e␛[2Jvil").Press("e").See("✓ 1 kind", "odd.toml")
	check()
	s.Send(tea.PasteMsg{Content: "# \x1b[2J\u202e\x07"}).See("␛[2J")
	check()
}

func TestThePanesOfProfiles(t *testing.T) {
	s, _ := withProfiles(t, nil)
	s.Press("tab", "j", "j").See("2 lines above", "more below", "▸ wind ").Press("G").See("54 lines above", "+39.000 s").NotSee("more below", "+0.000 s")
	s.Press("tab", "j").See("▸ thermostat", "+0.180 s").NotSee("lines above")
}

// The messages shown for a simulated device are those that it makes: by its id and its seed.
func TestThePreviewHasTheSeedOfTheDevice(t *testing.T) {
	wind, _ := profile.Builtin("wind")
	first := func(seed uint64) string {
		all, err := wind.Preview("wind-1", seed, fixedNow, 1)
		if err != nil {
			t.Fatal(err)
		}
		_, speed, _ := strings.Cut(string(all[0].Message.Content()), `"windSpeed":`)
		return strings.TrimRight(speed, "}")
	}
	if first(0) == first(7) {
		t.Fatal("the seed makes no difference")
	}
	s := start(t, DarkTheme, usual, fourDevices()...)
	simulated(s.fleet)
	s.fleet.seed("wind-1", 7)
	s.See("4 of 4").Press("2").See("2 running").Press("j").See("▸ wind-1").Press("P").See("Next messages of wind-1", first(7)).NotSee(first(0))
}
