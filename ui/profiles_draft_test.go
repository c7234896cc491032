package ui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/ui/uitest"
)

// reopened is the program started again over the same folder of profiles.
func reopened(t *testing.T, dir string) *stage {
	t.Helper()
	c := &clock{now: fixedNow}
	s := &stage{clock: c, registry: newRegistry(c, fourDevices()...)}
	s.fleet = newFleet(s.registry)
	s.profiles.Dir = dir
	s.open(t, DarkTheme, usual)
	openProfiles(s)
	return s
}

// holds waits until a file holds a text; "" until there is none.
func holds(t *testing.T, path, want string) {
	t.Helper()
	var got []byte
	var err error
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		got, err = os.ReadFile(path)
		if want == "" && errors.Is(err, fs.ErrNotExist) || want != "" && string(got) == want {
			return
		}
	}
	t.Fatalf("%s holds %q (%v), want %q", filepath.Base(path), got, err, want)
}

func TestADraftIsKeptAndOffered(t *testing.T) {
	s, dir := withProfiles(t, map[string]string{"breeze.toml": breeze})
	draft := filepath.Join(dir, "breeze.toml.draft")
	s.Press("G").See("▸ breeze").Press("e").See("✓ 1 kind").Type("# mine").See("● not saved")
	holds(t, draft, "# mine"+breeze)
	if info, err := os.Stat(draft); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the draft: %v %v", info, err)
	}

	// The program dies; the next one offers what was typed, and what is in the file.
	s = reopened(t, dir)
	s.Press("G").See("▸ breeze", "● draft").Press("e").See("breeze.toml has a draft that was not saved", "go on with the draft", "open the file")
	s.Press("esc").NotSee("go on with").Press("e").See("go on with the draft").Press("d").See("# mine", "● not saved")
	s.Press("ctrl+s").See("breeze.toml saved").NotSee("● not saved")
	holds(t, draft, "")
	s.Press("esc").See("▸ breeze", "yours")
	if got := read(t, filepath.Join(dir, "breeze.toml")); got != "# mine"+breeze {
		t.Errorf("saved: %q", got)
	}

	// The file is chosen, or what was typed is discarded or taken back: there is no draft any more.
	write(t, draft, "old")
	s.Press("r").See("● draft").Press("e").See("open the file").Press("f").See("# mine", "✓ 1 kind").NotSee("old")
	holds(t, draft, "")
	s.Type("x").See("● not saved")
	holds(t, draft, "x# mine"+breeze)
	s.Press("backspace").NotSee("● not saved")
	holds(t, draft, "")
	s.Type("x").See("● not saved")
	holds(t, draft, "x# mine"+breeze)
	s.Press("esc").See("discard").Press("d").See("▸ breeze", "yours")
	holds(t, draft, "")

	// A draft that is like the file is none.
	write(t, draft, "# mine"+breeze)
	s.Press("r").See("● draft").Press("e").See("✓ 1 kind").NotSee("go on with the draft", "● not saved")
}

func TestADraftOfAProfileThatWasNeverSaved(t *testing.T) {
	s, dir := withProfiles(t, nil)
	draft := filepath.Join(dir, "wind-2.toml.draft")
	s.Press("e").See("wind-2.toml", "✓ 1 kind").Type("# new").See("● not saved")
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(draft); err == nil {
			break
		}
	}
	s = reopened(t, dir)
	s.Press("G").See("▸ wind-2", "● draft", "It was typed and never saved").Press("u").See("wind-2 was never saved and cannot be used")
	s.Press("e").See("# new", "wind-2.toml  ● not saved", "✓ 1 kind").NotSee("go on with").Press("ctrl+s").See("wind-2.toml saved")
	holds(t, draft, "")
	s.Press("esc").See("▸ wind-2", "yours")

	write(t, filepath.Join(dir, "calm.toml.draft"), "x")
	s.Press("r").See("calm").Press("G", "k").See("▸ calm", "e edit the draft").Press("d").See("Discard the draft of calm.toml?")
	s.later(time.Second).Press("y").NotSee("● draft")
	holds(t, filepath.Join(dir, "calm.toml.draft"), "")
}

// The end of the program comes before the pause in which a draft is written.
func TestADraftIsWrittenWhenTheProgramEnds(t *testing.T) {
	s, dir := withProfiles(t, map[string]string{"breeze.toml": breeze})
	s.Press("G").See("▸ breeze").Press("e").See("✓ 1 kind").Type("# last words").See("● not saved")
	if err := os.RemoveAll(filepath.Join(dir, "breeze.toml.draft")); err != nil {
		t.Fatal(err)
	}
	if err := s.Press("ctrl+c").Ended(); err != nil {
		t.Error(err)
	}
	s.guarded.app.close()
	if got := read(t, filepath.Join(dir, "breeze.toml.draft")); got != "# last words"+breeze {
		t.Errorf("the draft is %q", got)
	}
}

func TestQuitAsksAboutAllThatWouldBeLost(t *testing.T) {
	s, _ := withProfiles(t, map[string]string{"breeze.toml": breeze})
	s.Press("G").See("▸ breeze").Press("e").See("✓ 1 kind").Type("# mine").See("● not saved")
	clickTab(s, "1 Devices").See("4 of 4").Press("q").See("Quit all the same?", "breeze.toml on page Profiles is not saved; a draft is kept.").NotSee("still run")
	s.later(time.Second).Press("esc").NotSee("Quit all the same?")
	simulated(s.fleet)
	s.Press("q").See("Quit all the same?", "breeze.toml", "2 simulated devices still run.", "stop and quit")
	s.later(time.Second).Press("esc").NotSee("Quit all the same?")
	s.Press("2").Press("P").See("# mine", "● not saved").Press("ctrl+s").See("breeze.toml saved")
	clickTab(s, "1 Devices").See("4 of 4").Press("q").See("2 simulated devices still run. Quit?").NotSee("breeze.toml on")
	s.later(time.Second).Press("y")
	if err := s.Ended(); err != nil {
		t.Error(err)
	}
}

func clickTab(s *stage, title string) *uitest.Driver {
	head := strings.Split(s.Text(), "\n")[0]
	return s.Send(uitest.Click(len([]rune(head[:strings.Index(head, title)])), 0))
}
