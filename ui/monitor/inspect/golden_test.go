package inspect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"hubscope/hub/events"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

var modes = map[string]theme.Mode{"dark": theme.Dark, "light": theme.Light, "mono": theme.Mono}

// sizes are those of an open event on screens of 80x24, 120x36 and 200x60.
var sizes = []uitest.Size{{Width: 80, Height: 12}, {Width: 54, Height: 30}, {Width: 90, Height: 54}}

func zipped(data []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(data) // to memory
	_ = w.Close()
	return out.Bytes()
}

func packed() []byte {
	data, err := cbor.Marshal(struct {
		DeviceID  string  `cbor:"deviceId"`
		WindSpeed float64 `cbor:"windSpeed"`
	}{"wind-1", 14.1})
	if err != nil {
		panic(err) // a constant
	}
	return zipped(data)
}

const nested = `{"deviceId":"wind-1","windSpeed":14.10,"calm":false,"readings":[{"gust":3},{"gust":[]}],"position":{"lat":47.1,"lon":8.5},"note":"a text that is so long that it has to go over more than one line, however wide","rotor":{}}`

// scenes are a body, the one before it, and what is done to the event.
var scenes = []struct {
	name         string
	body, before []byte
	change       func(e *events.Event)
	do           func(in *Inspector)
}{
	{name: "tree", body: []byte(nested), before: []byte(`{"deviceId":"wind-1","windSpeed":14.9,"calm":true,"readings":[{"gust":4}]}`), do: func(in *Inspector) { in.Move(1) }},
	{name: "folded", body: []byte(nested), do: func(in *Inspector) { in.FoldAll(false) }},
	{name: "many", body: []byte(`{"list":[` + strings.Repeat("1,", 12_345) + `2]}`)},
	{name: "as-text", body: []byte(nested), do: (*Inspector).ToggleText},
	{name: "text", body: []byte("a text\nof two lines")},
	{name: "binary", body: []byte("\x00\x01\x02abc\xff\x1b[2J")},
	{name: "empty"},
	{name: "decoded", body: packed(), change: func(e *events.Event) { e.ContentType, e.ContentEncoding = "application/cbor", "gzip" }},
	{name: "not-decoded", body: []byte(`{"windSpeed":14.1}`), change: func(e *events.Event) { e.ContentEncoding = "gzip" }},
	{name: "changes", body: []byte(nested), before: []byte(`{"deviceId":"wind-1","windSpeed":14.9,"calm":false,"readings":[{"gust":4},{"gust":[]},{}],"old":{"a":1}}`), do: func(in *Inspector) { in.turnTo(changesView); in.Move(2) }},
	{name: "changes-text", body: []byte("one\ntwo\nthree\nfour\n"), before: []byte("one\n2\nthree\n"), do: func(in *Inspector) { in.turnTo(changesView) }},
	{name: "changes-binary", body: []byte("\x00\x01\x02\x03"), before: []byte("\x00\x01\xff"), do: func(in *Inspector) { in.turnTo(changesView) }},
	{name: "changes-none", do: func(in *Inspector) { in.turnTo(changesView) }},
	{name: "application", body: []byte(nested), do: func(in *Inspector) { in.turnTo(applicationView) }},
	{name: "system", body: []byte(nested), do: func(in *Inspector) { in.turnTo(systemView); in.Move(13) }},
	{name: "raw", body: monitortest.Tricky, do: func(in *Inspector) { in.turnTo(rawView) }},
	{name: "hex", body: monitortest.Tricky, do: func(in *Inspector) { in.turnTo(hexView) }},
	{name: "clock-ahead", body: []byte(nested), change: func(e *events.Event) {
		e.System["iothub-creation-time-utc"] = e.Enqueued.Add(90 * time.Second).UTC().Format(time.RFC3339Nano)
	}},
}

// opened is an inspector with the event of a scene.
func opened(t testing.TB, mode theme.Mode, size uitest.Size, body, before []byte, change func(*events.Event)) *Inspector {
	t.Helper()
	ctx := page.NewContext(t.Context(), mode)
	ctx.Now, ctx.Location = func() time.Time { return monitortest.Noon.Add(3 * time.Second) }, monitortest.Noon.Location()
	in := New(ctx)
	in.Focused = true
	in.SetSize(size.Width, size.Height)
	if before != nil {
		e := monitortest.Wind(197)
		e.Body = before
		kept := monitortest.Kept(e)
		in.Before = func(uint64, *history.Event) *history.Event { return &kept }
	}
	e := monitortest.Wind(200)
	e.Body = body
	if change != nil {
		change(&e)
	}
	kept := monitortest.Kept(e)
	in.Show(1, &kept)
	finish(in)
	return in
}

// finish does what is to be done beside the screen.
func finish(in *Inspector) {
	if work := in.Work(); work != nil {
		in.Take(work())
	}
}

func TestFrames(t *testing.T) {
	for _, s := range scenes {
		for _, size := range sizes {
			for name, mode := range modes {
				t.Run(fmt.Sprintf("%s-%dx%d-%s", s.name, size.Width, size.Height, name), func(t *testing.T) {
					in := opened(t, mode, size, s.body, s.before, s.change)
					if s.do != nil {
						s.do(in)
						finish(in)
					}
					uitest.Golden(t, in.Draw(), size)
				})
			}
		}
	}
}
