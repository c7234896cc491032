package localhub_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubscope/hub/localhub"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

var damages = flag.Int("damage.rounds", 40, "how often TestDamagedState flips bits of the state")

// TestDamagedState: a state whose bytes have changed is said to be damaged, at
// the start or when what has changed is read; or all is as it was. Nothing is
// missing silently, and nothing panics.
func TestDamagedState(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	fillState(t, dir)
	want, err := contentOf(t, dir)
	if err != nil || len(want) < 100 {
		t.Fatalf("%d items, %v", len(want), err)
	}
	file := filepath.Join(dir, "hub.db")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	said, harmless := 0, 0
	check := func(what string, bad []byte) {
		t.Helper()
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := contentOf(t, dir)
		switch {
		case err != nil && (!errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrVersion) && !strings.Contains(err.Error(), "500001") || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: %q, want a sentence about damage", what, err)
		case err != nil:
			said++
		case !maps.Equal(got, want):
			t.Errorf("%s: %d of %d items are there, and nobody said a word: missing %v", what, len(got), len(want), missing(want, got))
		default:
			harmless++
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range *damages {
		at := random.IntN(len(good))
		switch i % 4 {
		case 0:
			check(fmt.Sprintf("cut at %d", at), good[:at])
		case 1:
			bad := slices.Clone(good)
			clear(bad[at:min(at+4096, len(bad))])
			check(fmt.Sprintf("zeros at %d", at), bad)
		case 2:
			bad := slices.Clone(good)
			bad[at] ^= 1 << random.IntN(8)
			check(fmt.Sprintf("a bit at %d", at), bad)
		case 3:
			bad := slices.Clone(good)
			page := at / 4096 * 4096
			for range 8 { // of the head of a page, where all pointers are
				bad[page+random.IntN(256)] ^= 1 << random.IntN(8)
			}
			check(fmt.Sprintf("the head of page %d", at/4096), bad)
		}
	}
	t.Logf("%d kB, damaged %d times: said %d, no harm done %d", len(good)>>10, *damages, said, harmless)
	if said == 0 {
		t.Error("no damage was ever said")
	}
}

func missing(want, got map[string]string) (names []string) {
	for name, value := range want {
		if got[name] != value {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names[:min(len(names), 5)]
}

func fillState(t *testing.T, dir string) {
	t.Helper()
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c := h.Core()
	for i := range 60 {
		id := core.ID{Device: fmt.Sprintf("device-%d", i)}
		if _, err := c.CreateDevice(t.Context(), wire.Device{DeviceID: id.Device}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.PatchTwin(t.Context(), id, core.TwinPatch{Tags: fmt.Appendf(nil, `{"n":%d}`, i)}, ""); err != nil {
			t.Fatal(err)
		}
		if err := c.SendC2D(t.Context(), id, core.C2DMessage{MessageID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
		s, err := c.Connect(t.Context(), core.SessionInfo{ID: id}, func(error) {})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		s.Send(core.Message{Body: fmt.Appendf(nil, "%d %s", i, strings.Repeat("x", 500))}, func(err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	closeHub(t, h)
}

// contentOf is all that a hub started on the folder gives out.
func contentOf(t *testing.T, dir string) (map[string]string, error) {
	t.Helper()
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: dir})
	if err != nil {
		return nil, err
	}
	all, err := read(t, h.Core())
	if closed := h.Close(t.Context()); err == nil {
		err = closed
	}
	return all, err
}

func read(t *testing.T, h *core.Hub) (map[string]string, error) {
	t.Helper()
	all := make(map[string]string)
	devices, err := h.Devices("", 1000)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		all["device "+d.DeviceID] = d.GenerationID
		id := core.ID{Device: d.DeviceID}
		twin, err := h.Twin(id)
		if err != nil {
			return nil, err
		}
		all["twin "+d.DeviceID] = string(twin.Tags)
		message, found, err := h.LockC2D(id)
		if err != nil {
			return nil, err
		}
		if found {
			all["c2d "+d.DeviceID] = message.Message.MessageID
		}
	}
	return all, readEvents(t, h, all)
}

func readEvents(t *testing.T, h *core.Hub, all map[string]string) error {
	t.Helper()
	for p := range h.Partitions() {
		info, err := h.Partition(p)
		if err != nil {
			return err
		}
		r, err := h.OpenReader(p, core.Position{Kind: core.Earliest})
		if err != nil {
			return err
		}
		for left := info.Last - info.Begin + 1; left > 0; {
			records, err := r.Next(t.Context(), int(left))
			if err != nil {
				return err
			}
			for _, record := range records {
				all[fmt.Sprintf("event %d %d", p, record.Sequence)] = string(record.Payload)
			}
			left -= int64(len(records))
		}
		r.Close()
	}
	return nil
}
