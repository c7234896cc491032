package method

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// clock stands still until it is moved.
type clock struct{ after atomic.Int64 }

func (c *clock) Now() time.Time {
	return time.Date(2026, 11, 22, 14, 3, 21, 400e6, time.UTC).Add(time.Duration(c.after.Load()))
}

// answers answers by the name of the method, or by the device; wait waits until the call is cancelled.
type answers struct{}

func (answers) InvokeModuleMethod(ctx context.Context, id, _ string, m hub.MethodCall) (hub.MethodResult, error) {
	ok := func(status int, payload string, took time.Duration) (hub.MethodResult, error) {
		return hub.MethodResult{Status: status, Payload: json.RawMessage(payload), Took: took}, nil
	}
	refused := func(status, code int, name string) (hub.MethodResult, error) {
		return hub.MethodResult{}, &hub.Error{Op: "invoke", Status: status, Code: code, Name: name, TrackingID: "5e0f2b9d3f6a4d7c8b1a0c9d8e7f6a5b-G:7-TimeStamp:11/22/2026 14:03:21"}
	}
	switch {
	case m.Name == "wait" || id == "pump-09":
		<-ctx.Done()
		return hub.MethodResult{}, ctx.Err()
	case id == "pump-03":
		return refused(404, 404103, "DeviceNotOnline")
	case id == "pump-05":
		return refused(504, 504101, "GatewayTimeout")
	case id == "pump-06" || m.Name == "broken":
		return ok(500, `{"error":"the valve does not move"}`, 41*time.Millisecond)
	case m.Name == "status":
		return ok(200, `{"uptime":86412,"firmware":"1.9.0","sensors":[{"id":"inlet","bar":4.2},{"id":"outlet","bar":2.7}],"healthy":true,"note":"A text that is a good deal longer than one line of a narrow pane has room for, and is broken between words"}`, 12*time.Millisecond)
	}
	return ok(202, `{"restartIn":5}`, 1034*time.Millisecond)
}

// frame is a state of one of the pages.
type frame struct {
	name string
	play func(s *scene, c *clock)
}

var sectionFrames = []frame{
	{"empty", func(s *scene, _ *clock) { s.See("No method called yet.") }},
	{"completion", func(s *scene, _ *clock) { s.Press("e").Type("sta").See("▸Method", "start  status") }},
	{"mistake", func(s *scene, _ *clock) {
		s.Press("e").Type("reboot").Press("tab").Type("{").Press("enter").Type(`  "delay": 5`).Press("enter").Type(`"force": true`).Press("enter").Type("}")
		s.See("line 3, column", "✗  3", "4   }")
	}},
	{"answers", func(s *scene, c *clock) {
		s.Press("e").Type("reboot").Press("tab").Type(`{"delay": 5}`).Press("ctrl+s").See("✓ 202 in 1.0 s")
		c.after.Add(int64(75 * time.Second))
		s.Press("e", "shift+tab").Press("ctrl+u").Type("broken").Press("enter").See("⚠ 500 in 41 ms")
		c.after.Add(int64(12 * time.Second))
		s.Press("e").Press("ctrl+u").Type("status").Press("enter").See("✓ 200 in 12 ms")
	}},
	{"whole", func(s *scene, _ *clock) {
		s.Press("e").Type("status").Press("tab").Type(`{"all": true}`).Press("ctrl+s").See("✓ 200 in 12 ms").Press("enter").See("Sent")
	}},
	{"offline", func(s *scene, _ *clock) {
		s.show(hub.Device{DeviceID: "pump-03"}, "").See("The device is offline").Press("e").Type("reboot").Press("enter").See("✗ offline")
	}},
	{"waiting", func(s *scene, c *clock) {
		s.Press("e").Type("wait").Press("enter").Send(nil)
		s.Wait("the call", func(string) bool { return len(s.root.page.(*Page).o.Memory.called) > 0 })
		c.after.Add(int64(12 * time.Second))
		s.See("waiting for wait 12 s of 30 s")
	}},
	{"denied", func(s *scene, _ *clock) {
		s.Send(do(nothing(func() { s.ctx.Rights.ReadOnly = true }))).See("No method can be called")
	}},
	{"favourites", func(s *scene, _ *clock) {
		if _, err := changeFavourites(s.root.page.(*Page).o.Memory.path, func([]Favourite) []Favourite {
			return []Favourite{{Name: "open the valve", Method: "setValve", Payload: `{"open": 100}`}, {Name: "reboot", Method: "reboot"}}
		}); err != nil {
			s.t.Error(err)
		}
		s.Press("*").See("open the valve").Press("j").See("▸ reboot")
	}},
}

func TestSection(t *testing.T) {
	for _, f := range sectionFrames {
		each(t, f.name, sectionSizes, func(t *testing.T, mode theme.Mode, size uitest.Size) {
			c := &clock{}
			s := section(t, goldenOptions(t), size, mode, func(ctx *page.Context, _ *Page) { ctx.Now, ctx.Location = c.Now, time.UTC })
			s.show(connected("wind-1"), "").See("Method", "Payload")
			f.play(s, c)
			uitest.Golden(t, s.framed(size), size)
		})
	}
}

// framed is the last frame; a dialog does not fill the screen here.
func (s *scene) framed(size uitest.Size) string {
	if len(s.root.dialogs) == 0 {
		return s.Frame()
	}
	return boxed(s.Frame(), size)
}

var manyFrames = []frame{
	{"many", func(s *scene, _ *clock) { s.See("on 12 devices", "▸Method") }},
	{"many-under-way", func(s *scene, _ *clock) {
		s.Type("reboot").Press("tab").Type(`{"delay": 5}`).Press("ctrl+s").See("Call reboot on 12 devices?").Press("y").See("✓ 8", "⚠ 1", "✗ 2", "… 11 of 12")
	}},
	{"many-failed", func(s *scene, _ *clock) {
		s.Type("reboot").Press("enter").See("Call reboot").Press("y").See("… 11 of 12").Press("esc").See("✗ 3").NotSee("11 of 12")
		s.Press("o", "g").See("failed first", "▸ pump-03")
	}},
	{"many-whole", func(s *scene, _ *clock) {
		s.Type("reboot").Press("enter").See("Call reboot").Press("y").See("… 11 of 12").Press("esc").See("✗ 3").NotSee("11 of 12")
		s.Press("g", "j", "j", "enter").See("tracking id")
	}},
}

func TestMany(t *testing.T) {
	var ids []string
	for i := range 12 {
		ids = append(ids, fmt.Sprintf("pump-%02d", i+1))
	}
	for _, f := range manyFrames {
		each(t, f.name, sectionSizes[1:], func(t *testing.T, mode theme.Mode, size uitest.Size) {
			c := &clock{}
			s := manyAt(t, goldenOptions(t), size, mode, c, ids...)
			f.play(s, c)
			uitest.Golden(t, s.framed(size), size)
		})
	}
}

func goldenOptions(t *testing.T) Options {
	return Options{
		Hub: answers{}, Memory: NewMemory(filepath.Join(t.TempDir(), "methods.toml")),
		Known:   func(string) []string { return []string{"start", "stop", "status", "reboot"} },
		Running: func(string) bool { return false },
	}
}

// sectionSizes begin with that of a section beside the list.
var sectionSizes = []uitest.Size{{Width: 46, Height: 16}, {Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}}

// each runs a test in all sizes in the dark, and in one size with other colours.
func each(t *testing.T, name string, sizes []uitest.Size, run func(*testing.T, theme.Mode, uitest.Size)) {
	for mode, word := range []string{theme.Dark: "dark", theme.Light: "light", theme.Mono: "mono"} {
		for _, size := range sizes {
			if theme.Mode(mode) != theme.Dark && size.Width != 80 {
				continue
			}
			t.Run(fmt.Sprintf("%s-%s-%dx%d", name, word, size.Width, size.Height), func(t *testing.T) { run(t, theme.Mode(mode), size) })
		}
	}
}
