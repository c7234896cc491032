package monitor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/uitest"
	"hubscope/ui/widget"
)

// TestDialogs draws what the root puts a frame around, in the room that it leaves.
func TestDialogs(t *testing.T) {
	dialogs := map[string]func(t *testing.T, f *fixture) page.Dialog{
		"start": func(t *testing.T, f *fixture) page.Dialog { return f.dialog(t, "t") },
		"typed": func(t *testing.T, f *fixture) page.Dialog {
			return into(f.in(f.dialog(t, "t"), "t"), "12:30")
		},
		"typed-wrong": func(t *testing.T, f *fixture) page.Dialog {
			return into(f.in(f.dialog(t, "t"), "t"), "23:30")
		},
		"group": func(t *testing.T, f *fixture) page.Dialog { return f.dialog(t, "c") },
		"owner-level": func(t *testing.T, f *fixture) page.Dialog {
			d := f.dialog(t, "c")
			f.in(d, "up", "right", "right")
			return d
		},
		"many-partitions": func(t *testing.T, f *fixture) page.Dialog {
			f.live(32)
			d := f.dialog(t, "c")
			f.in(d, "up", "up", "up", "up", "up", "space")
			return d
		},
		"details": func(t *testing.T, f *fixture) page.Dialog {
			f.feed.states.Close()
			collect(f.Update(statesMsg{[]events.PartitionState{
				{Partition: "1", Phase: events.Retrying, RetryIn: 8 * time.Second, Attempt: 3, Err: errLost, Total: 4},
				{Partition: "2", Phase: events.CatchingUp, Behind: 12_400, BehindTime: 3 * time.Minute, Total: 4},
				{Partition: "3", Phase: events.Live, Total: 4, Notice: &events.Notice{Kind: events.Gap, Partition: "3", Time: noon, From: 100, To: 411}},
			}}))
			return f.dialog(t, "i")
		},
	}
	for name, open := range dialogs {
		for _, size := range uitest.Sizes {
			for mode, look := range modes {
				if mode != "dark" && size != uitest.Sizes[1] {
					continue
				}
				t.Run(fmt.Sprintf("%s-%dx%d-%s", name, size.Width, size.Height, mode), func(t *testing.T) {
					f := newFixture(t, look, uitest.Size{Width: size.Width, Height: size.Height - 4})
					f.live(4)
					f.take(winds(0, 200)...)
					f.second()
					room := uitest.Size{Width: size.Width - 8, Height: size.Height - 6} // as the root leaves it
					frame := open(t, f).View(room.Width, room.Height)
					uitest.Golden(t, widget.Box(strings.Split(frame, "\n"), room.Width, room.Height), room)
				})
			}
		}
	}
}
