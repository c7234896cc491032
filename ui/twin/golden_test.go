package twin

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func stamped(ago time.Duration, version int) string {
	text := `"$lastUpdated":"` + noon.Add(-ago).Format(time.RFC3339) + `"`
	if version > 0 {
		text += fmt.Sprintf(`,"$lastUpdatedVersion":%d`, version)
	}
	return text
}

// wind is a twin with something of everything.
func wind() hub.Twin {
	return hub.Twin{
		DeviceID: "wind-1", ETag: "AAAAAAAAAAw=", Version: 14, ConnectionState: hub.Connected,
		Tags: json.RawMessage(`{"site":{"name":"Uetliberg","floor":2},"owner":"ops"}`),
		Desired: json.RawMessage(`{"interval":30,"fan":{"on":true,"speed":3},"zone":"north","limits":[4,18.5],"note":"` + strings.Repeat("a long text ", 9) + `","$version":6,"$metadata":{` +
			stamped(12*time.Second, 6) + `,"interval":{` + stamped(12*time.Second, 6) + `},"fan":{` + stamped(time.Hour, 4) + `,"on":{` + stamped(time.Hour, 4) + `},"speed":{` +
			stamped(2*time.Hour, 3) + `}},"zone":{` + stamped(50*time.Hour, 2) + `},"limits":{` + stamped(50*time.Hour, 2) + `},"note":{` + stamped(50*time.Hour, 2) + `}}}`),
		Reported: json.RawMessage(`{"interval":60,"fan":{"on":true,"speed":{"value":3,"ac":200,"av":3}},"limits":[4,18.50],"uptime":93021,"\u001b[2Jevil":"\u202e","$version":128,"$metadata":{` +
			stamped(time.Second, 0) + `,"interval":{` + stamped(3*time.Minute, 0) + `},"uptime":{` + stamped(0, 0) + `}}}`),
	}
}

type scene struct {
	name   string
	twin   hub.Twin
	play   func(p *Page)
	dialog func(p *Page) page.Dialog // drawn in place of the section
}

func (p *Page) pressed(names ...string) {
	for _, n := range names {
		p.Press(uitest.Key(n))
	}
}

// edited is a draft with this text.
func (p *Page) edited(text string) *draft {
	p.edit()
	d := p.editing()
	d.replace(text)
	return d
}

const better = `{
  "tags": {
    "site": {
      "name": "Uetliberg",
      "floor": 3
    }
  },
  "properties": {
    "desired": {
      "interval": 30,
      "fan": { "on": true, "speed": null, "mode": { "auto": true, "from": 6 } },
      "limits": [4, 20]
    }
  }
}`

func reviewOf(p *Page) *change {
	d := p.edited(better)
	c := &change{of: d.of, base: d.base, was: d.was, want: d.want, drafts: true, title: "Change the twin of "}
	c.box = newReview(p, c)
	return c
}

var scenes = []scene{
	{name: "twin", twin: wind()},
	{name: "reported", twin: wind(), play: func(p *Page) { p.pressed(">", "j", "j", "j") }},
	{name: "folded", twin: wind(), play: func(p *Page) { p.pressed("H", "j") }},
	{name: "empty", twin: simple("wind-1", `{}`, `{"$version":1}`, `{"$version":1}`)},
	{name: "fresh", twin: wind(), play: func(p *Page) {
		next := wind()
		next.Reported = json.RawMessage(strings.NewReplacer("93021", "93023", `"limits":[4,18.50],`, "", `"$version":128`, `"$version":129`).Replace(string(next.Reported)))
		p.take(next)
		p.pressed(">", "G")
	}},
	{name: "stale", twin: wind(), play: func(p *Page) {
		p.when, p.err = noon.Add(-75*time.Second), errGone
		p.layOut()
	}},
	{name: "unknown", play: func(p *Page) {
		p.err = &hub.Error{Op: "read twin of \"wind-1\"", Status: 429, Name: "ThrottlingException", RetryAfter: 8 * time.Second}
	}},
	{name: "draft-left", twin: wind(), play: func(p *Page) { p.edited(better).open = false }},
	{name: "draft", twin: wind(), play: func(p *Page) { p.edited(better) }},
	{name: "draft-mistake", twin: wind(), play: func(p *Page) {
		p.edited(strings.NewReplacer(`"site"`, `"si te"`, "[4, 20]", "[4, null]").Replace(better)).nextMistake()
	}},
	{name: "draft-failed", twin: wind(), play: func(p *Page) {
		d := p.edited(better)
		d.failed, d.next = `could not update twin of "wind-1": the hub is throttled: too many requests for its tier`, "try again in 8s"
		p.twin.ETag = "another"
	}},
	{name: "review", twin: wind(), dialog: func(p *Page) page.Dialog { return reviewOf(p).box }},
	{name: "review-failed", twin: wind(), dialog: func(p *Page) page.Dialog {
		c := reviewOf(p)
		c.box.fail("the hub is throttled: too many requests for its tier", "try again in 8s")
		c.box.Update(uitest.Key("down"))
		return c.box
	}},
	{name: "conflicts", twin: wind(), dialog: func(p *Page) page.Dialog {
		value := func(text string) *twinpatch.Value {
			v, _ := twinpatch.Parse([]byte(`{"v":` + text + `}`))
			return v.Get("v")
		}
		c := p.newConflicts(reviewOf(p), &change{of: p.of}, []twinpatch.Conflict{
			{Path: []string{"tags", "site", "floor"}, Base: value("2"), Mine: value("3"), Theirs: value(`"ground"`)},
			{Path: []string{"properties", "desired", "odd name"}, Mine: value(`{"on":true}`), Theirs: value(`"` + strings.Repeat("long ", 40) + `"`)},
			{Path: []string{"properties", "desired", "zone"}, Base: value(`"north"`), Theirs: value(`"south"`)},
		})
		c.Update(uitest.Key("down"))
		c.Update(uitest.Key("right"))
		return c
	}},
}

func stageOf(t testing.TB, mode theme.Mode, size uitest.Size, twin hub.Twin) *Page {
	t.Helper()
	ctx := page.NewContext(t.Context(), mode)
	ctx.Now, ctx.Location = func() time.Time { return noon }, time.UTC
	p := New(ctx, Options{Store: newStore()})
	t.Cleanup(p.Close)
	p.SetSize(size.Width, size.Height)
	p.SetFocused(true)
	p.of = subject{device: "wind-1"}
	if twin.DeviceID != "" {
		p.take(twin)
	}
	return p
}

// sizes are whole screens, and the pane beside a list.
var sizes = []uitest.Size{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}, {Width: 46, Height: 16}}

func TestFrames(t *testing.T) {
	for _, sc := range scenes {
		for name, mode := range map[string]theme.Mode{"dark": theme.Dark, "light": theme.Light, "mono": theme.Mono} {
			for _, size := range sizes {
				if mode != theme.Dark && size != sizes[1] {
					continue
				}
				t.Run(fmt.Sprintf("%s-%s-%dx%d", sc.name, name, size.Width, size.Height), func(t *testing.T) {
					p := stageOf(t, mode, size, sc.twin)
					if sc.play != nil {
						sc.play(p)
					}
					frame := p.View()
					if sc.dialog != nil {
						frame = padded(sc.dialog(p).View(size.Width-8, size.Height-6), size)
					}
					uitest.Golden(t, frame, size)
				})
			}
		}
	}
}

// padded gives a dialog's inside the height of the screen.
func padded(text string, size uitest.Size) string {
	return text + strings.Repeat("\n", max(0, size.Height-1-strings.Count(text, "\n")))
}

// FuzzView: whatever the hub sends and the room is, the frame has its size and nothing in it moves the terminal.
func FuzzView(f *testing.F) {
	w := wind()
	f.Add(string(w.Desired), string(w.Reported), string(w.Tags), uint8(80), uint8(24), []byte("jj>Hl"))
	f.Add(`{"a":[{"b":"\u001b[2J"},null]}`, `[]`, `x`, uint8(10), uint8(3), []byte("GGLhh"))
	f.Add(`{"a":1,"$metadata":{"a":1},"$version":"x"}`, `{"a":{"ac":1,"av":1,"value":{}}}`, `null`, uint8(130), uint8(9), []byte("d>e"))
	f.Fuzz(func(t *testing.T, d, r, g string, width, height uint8, typed []byte) {
		if len(d)+len(r)+len(g) > 4000 || len(typed) > 40 {
			return
		}
		size := uitest.Size{Width: int(width)%220 + 1, Height: int(height)%70 + 1}
		p := stageOf(t, theme.Mono, size, hub.Twin{DeviceID: "wind-1", Desired: []byte(d), Reported: []byte(r), Tags: []byte(g)})
		for _, c := range typed {
			p.pressed(string(rune(c%0x5f + 0x20)))
			if c%7 == 0 {
				p.take(hub.Twin{DeviceID: "wind-1", Desired: []byte(r), Reported: []byte(d), Tags: []byte(g)})
			}
			uitest.CheckSize(t, p.View(), size)
			for _, c := range ansi.Strip(p.View()) {
				if c != '\n' && !unicode.IsPrint(c) {
					t.Fatalf("%q is drawn", c)
				}
			}
		}
	})
}
