package c2d

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// play is what a frame is made with.
type play struct {
	*scene
	clock  *clock
	hub    *queueing
	mouth  *mouth
	folder string // home
}

// frame is a state of the section.
type frame struct {
	name string
	play func(p *play)
}

func TestFrames(t *testing.T) {
	for _, f := range append(append(frames, failures...), mistakes...) {
		each(t, f.name, func(t *testing.T, mode theme.Mode, size uitest.Size) {
			p := &play{clock: &clock{}, hub: &queueing{}, mouth: &mouth{}, folder: t.TempDir()}
			o := Options{Sender: p.hub, Registry: p.hub, Feedback: p.mouth, Poll: time.Hour, Getenv: func(string) string { return "" }}
			p.scene = section(t, o, size, mode, func(ctx *page.Context) { ctx.Now, ctx.Location = p.clock.Now, time.UTC })
			p.show(connected("wind-1")).See("0 of 50 wait")
			f.play(p)
			uitest.Golden(t, p.Frame(), size)
		})
	}
}

func connected(id string) hub.Device {
	return hub.Device{DeviceID: id, Status: hub.Enabled, ConnectionState: hub.Connected}
}

// sizes begin with that of a section beside the list, and end with those of whole screens.
var sizes = []uitest.Size{{Width: 46, Height: 16}, {Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}}

// each runs a test in all sizes in the dark, and in one size with other colours.
func each(t *testing.T, name string, run func(*testing.T, theme.Mode, uitest.Size)) {
	for mode, word := range []string{theme.Dark: "dark", theme.Light: "light", theme.Mono: "mono"} {
		for _, size := range sizes {
			if theme.Mode(mode) != theme.Dark && size.Width != 120 {
				continue
			}
			t.Run(fmt.Sprintf("%s-%s-%dx%d", name, word, size.Width, size.Height), func(t *testing.T) { run(t, theme.Mode(mode), size) })
		}
	}
}

// sends writes a message and sends it.
func (p *play) sends(text string) *play {
	p.Press("e").See("▸Body").Type(text).Press("ctrl+s")
	return p
}

var frames = []frame{
	{"empty", func(p *play) { p.See("No messages sent yet.") }},
	{"offline", func(p *play) {
		d := connected("wind-2")
		d.ConnectionState, d.C2DCount = hub.Disconnected, 3
		p.hub.set(func(q *queueing) { q.n = 3 })
		p.show(d).See("3 of 50 wait until the device")
	}},
	{"form", func(p *play) {
		p.Press("e").See("▸Body").Type(`{"open":true}`).Press("shift+tab", "right").See("‹ JSON ›", "✓").Press("tab", "tab").Type("valve-7").See("valve-7", "Feedback names the message by it")
	}},
	{"form-properties", func(p *play) {
		p.Press("e").See("▸Body").Type("open").Press("shift+tab", "shift+tab").Type("site=north").Press("enter").Type("priority=1").See("2:11")
	}},
	{"sent", func(p *play) {
		p.sends("open the valve").See("… queued", "● is read", "1 of 50 wait").reported("is in its queue")
		p.clock.move(75 * time.Second)
		p.Press("e").See("▸Body").Press("ctrl+u").Type("close it").Press("ctrl+s").See("14:04:36", "2 of 50 wait").Send(tea.FocusMsg{})
	}},
	{"sending", func(p *play) {
		p.hub.set(func(q *queueing) { q.hold = true })
		p.sends("open").See("on its way to the hub")
	}},
	{"details", func(p *play) {
		p.sends("open the valve").See("… queued", "● is read").Press("enter").NotSee("Queue").See("Message id", "open the valve")
	}},
	{"depth-full", func(p *play) {
		d := connected("wind-2")
		d.C2DCount = 50
		p.hub.set(func(q *queueing) { q.n = 50 })
		p.show(d).See("50 of 50 wait: it is full")
	}},
	{"feedback", func(p *play) {
		for i, status := range []string{"Success", "Rejected", "Expired", "Purged", "DeliveryCountExceeded"} {
			p.Press("e").See("▸Body").Press("ctrl+u").Type(fmt.Sprintf("message %d", i+1)).Press("ctrl+s").See(fmt.Sprintf("%d of 50 wait", i+1))
			p.clock.move(7 * time.Second)
			p.mouth.says(i+1, status, p.clock.Now())
			p.See(map[int]string{0: "✓ delivered", 1: "✗ rejected", 2: "✗ expired", 3: "✗ purged", 4: "✗ given up"}[i]).See("○ is read while a message waits")
		}
		p.Press("j", "j", "j").See("▸", "was rejected by the device")
	}},
	{"feedback-silent", func(p *play) {
		p.sends("open").See("… queued", "● is read", "1 of 50 wait").reported("is in its queue")
		p.clock.move(2 * time.Hour)
		p.Send(overdueMsg{}).See("? no feedback", "no feedback came until").See("○ is read while")
	}},
	{"feedback-asked", func(p *play) {
		p.Send(do(func() tea.Cmd { p.ctx.Local = false; return nil })).Press("f").See("Take feedback out of the hub")
	}},
	{"purge", func(p *play) {
		p.sends("open").See("1 of 50 wait", "… queued").reported("is in its queue")
		p.Press("D").See("Purge 1 message that waits for wind-1?")
	}},
	{"purge-many", func(p *play) {
		d := connected("wind-2")
		d.C2DCount = 12
		p.hub.set(func(q *queueing) { q.n = 12 })
		p.show(d).See("12 of 50 wait").Press("D").See("Purge 12 messages that wait for wind-2?")
	}},
	{"purged", func(p *play) {
		p.sends("open").See("1 of 50 wait", "… queued", "● is read").reported("is in its queue")
		p.Press("D").See("Purge 1 message").Press("y").See("0 of 50 wait").reported("1 message purged")
	}},
	{"read-only", func(p *play) {
		p.Send(do(func() tea.Cmd { p.ctx.Rights.ReadOnly = true; return nil })).See("none can be sent: hubscope")
	}},
}

// mistakes are what is said before anything is sent.
var mistakes = []frame{
	{"not-json", func(p *play) {
		p.Press("e").See("▸Body").Press("shift+tab", "right", "tab").Type("{").Press("enter").Type(`  "open": tru`).Press("enter").Type("}")
		p.Press("ctrl+s").reported("not sent: the body is not JSON: line 2")
		p.See("✗ line 2", "no value: texts")
	}},
	{"too-large", func(p *play) {
		p.Press("e").See("▸Body").Send(tea.PasteMsg{Content: big}).See("✗ over 64 kB").Press("ctrl+s").reported("not sent: the message has 7")
	}},
	{"wrong-property", func(p *play) {
		p.Press("e").See("▸Body").Press("shift+tab", "shift+tab").Type("site north").Press("ctrl+s").reported("key=value is expected")
		p.See("✗ line 1: key=value")
	}},
	{"wrong-expiry", func(p *play) {
		p.Press("e").See("▸Body").Press("tab", "tab", "tab", "tab", "tab").Type("soon").See("soon", "✗ expires:").Press("ctrl+s").reported("not sent: expires")
	}},
	{"file", func(p *play) {
		p.write("firmware.bin", 4096)
		p.namesFile("~/firm").See("firmware.bin", "→ completes").Press("down").See("4,096 bytes")
	}},
	{"file-completion", func(p *play) {
		p.write("firmware.bin", 4096)
		p.write("fields.json", 12)
		p.namesFile("~/f").See("fields.json", "firmware.bin").Press("down", "down").See("4,096 bytes")
	}},
	{"file-missing", func(p *play) {
		p.namesFile("~/no.bin").See("✗ there is no such file").Press("ctrl+s").reported("not sent: the file of the body")
	}},
	{"file-folder", func(p *play) {
		if err := os.Mkdir(filepath.Join(p.folder, "data"), 0o700); err != nil {
			p.t.Error(err)
		}
		p.namesFile("~/data").See("✗ this is a folder").Press("ctrl+s").reported("not sent: the file of the body: this is a folder")
	}},
	{"file-too-large", func(p *play) {
		p.write("firmware.bin", 70_000)
		p.namesFile("~/firmware.bin").See("✗ over 64 kB").Press("ctrl+s").reported("not sent: the file of the body: over 64 kB")
	}},
	{"file-gone", func(p *play) {
		p.write("firmware.bin", 4096)
		p.namesFile("~/firmware.bin").See("4,096 bytes")
		if err := os.Remove(filepath.Join(p.folder, "firmware.bin")); err != nil {
			p.t.Error(err)
		}
		p.Press("ctrl+s").See("✗ no file", "e names another").reported("firmware.bin")
	}},
}

// namesFile turns the body into that of a file.
func (p *play) namesFile(path string) *scene {
	p.t.Setenv("HOME", p.folder)
	return p.Press("e").See("▸Body").Press("shift+tab", "left").See("‹ file ›").Press("tab").Type(path).See(path)
}

func (p *play) write(name string, size int) {
	if err := os.WriteFile(filepath.Join(p.folder, name), make([]byte, size), 0o600); err != nil {
		p.t.Error(err)
	}
}
