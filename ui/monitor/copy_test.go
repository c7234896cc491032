package monitor

import "testing"

func FuzzEventJSON(f *testing.F) {
	f.Add([]byte(`{"deviceId":"wind-1","windSpeed":13.41}`), "Property", "PropMsg_1")
	f.Add(tricky, "\u202e", "\xff\x00")
	f.Fuzz(func(t *testing.T, body []byte, name, value string) {
		e := wind(1)
		e.Body, e.MessageID, e.Source = body, value, name
		e.Properties = map[string]any{name: value, "bytes": body}
		r := kept(e)
		if _, err := eventJSON(&r); err != nil {
			t.Errorf("event as JSON: %v", err)
		}
	})
}
