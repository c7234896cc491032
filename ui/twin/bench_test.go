package twin

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// large is a twin of about the greatest size that a hub takes.
func large(value int) hub.Twin {
	var members, stamps []string
	for i := range 900 {
		members = append(members, fmt.Sprintf(`"property%03d":{"on":true,"n":%d}`, i, i+value))
		stamps = append(stamps, fmt.Sprintf(`"property%03d":{"$lastUpdated":"2026-11-22T14:00:02Z","on":{"$lastUpdated":"2026-11-22T14:00:02Z"},"n":{"$lastUpdated":"2026-11-22T14:00:02Z"}}`, i))
	}
	section := json.RawMessage(`{` + strings.Join(members, ",") + `,"$version":1,"$metadata":{` + strings.Join(stamps, ",") + `}}`)
	return hub.Twin{DeviceID: "wind-1", ETag: fmt.Sprint(value), Desired: section, Reported: section, Tags: json.RawMessage(`{}`)}
}

// BenchmarkLarge: a state that is new, a key while it is edited, and a frame; the reference is the check that the sections
// are JSON, which any reader does.
func BenchmarkLarge(b *testing.B) {
	t := [2]hub.Twin{large(0), large(1)}
	p := stageOf(b, theme.Dark, uitest.Size{Width: 200, Height: 60}, t[0])
	b.Run("reference-valid", func(b *testing.B) {
		for b.Loop() {
			json.Valid(t[0].Desired)
			json.Valid(t[0].Reported)
		}
	})
	b.Run("take", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			p.take(t[i%2])
		}
	})
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			p.View()
		}
	})
	b.Run("type", func(b *testing.B) {
		p.edit()
		for i := 0; b.Loop(); i++ {
			p.pressed([]string{"space", "backspace"}[i%2])
		}
	})
}
