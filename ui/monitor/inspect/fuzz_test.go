package inspect

import (
	"testing"

	"hubscope/ui/monitor/monitortest"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

func FuzzInspector(f *testing.F) {
	f.Add([]byte(`{"deviceId":"wind-1","windSpeed":13.41}`), "Property", "PropMsg_1", uint8(120))
	f.Add(monitortest.Tricky, "\u202e", "\xff\x00", uint8(80))
	f.Add([]byte("{\n\t\"a\": [1, \"世界\u0301\"]\n}"), "क्क्", "👩\u200d💻", uint8(41))
	f.Add([]byte("\x00\x01\x02"), "", "", uint8(10))
	f.Fuzz(func(t *testing.T, body []byte, name, value string, size uint8) {
		e := monitortest.Wind(1)
		e.Body, e.MessageID, e.Source = body, value, name
		e.Properties = map[string]any{name: value, "bytes": body}
		e.System = map[string]any{value: name}
		kept := monitortest.Kept(e)

		in := New(page.NewContext(t.Context(), theme.Dark))
		in.SetSize(60+int(size), 20)
		in.Show(0, &kept)
		for range views {
			for i := range min(in.Len(), 50) {
				if err := monitortest.Harmless(in.doc.Line(i, &[paint.Kinds]paint.Pen{}), 0, in.textWidth()); err != nil {
					t.Errorf("line %d: %v", i, err)
				}
			}
			in.Turn(1)
		}
	})
}
