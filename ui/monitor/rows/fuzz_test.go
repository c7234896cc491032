package rows

import (
	"testing"

	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/monitortest"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"deviceId":"wind-1","windSpeed":13.41}`), "wind-1", "Property", "PropMsg_1", uint8(120))
	f.Add(monitortest.Tricky, "a\x1b[31mb", "\u202e", "\xff\x00", uint8(80))
	f.Add([]byte("{\n\t\"a\": [1, \"世界\u0301\"]\n}"), "世界", "क्क्", "👩\u200d💻", uint8(41))
	f.Add([]byte("\x00\x01\x02"), "", "", "", uint8(10))
	f.Fuzz(func(t *testing.T, body []byte, device, name, value string, size uint8) {
		width := 60 + int(size)
		e := monitortest.Wind(1)
		e.Body, e.DeviceID, e.MessageID, e.Source = body, device, value, name
		e.Properties = map[string]any{name: value, "bytes": body}
		e.System = map[string]any{value: name}
		kept := monitortest.Kept(e)

		p := NewPainter(page.NewContext(t.Context(), theme.Dark))
		p.LayOut(LayOut(width, Needs{device: 18, sequence: 8, properties: true}))
		for _, marks := range [][]filter.Mark{nil, {filter.TextMark("a"), filter.TextMark(name)}} {
			p.marks = marks
			if err := monitortest.Harmless(p.draw(&kept, &rowPens{}, "   "), width, width); err != nil {
				t.Errorf("row: %v", err)
			}
		}
	})
}
