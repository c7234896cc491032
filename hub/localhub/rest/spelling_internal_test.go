package rest

import (
	"strings"
	"testing"
)

const spelled = "POST /devices/d/messages/events HTTP/1.1\r\nHost: localhost\r\niothub-app-tempAlert: true\r\nIoTHub-App-B-c: x:y\r\nX-iothub-app-no: 1\r\n\r\nbody"

// The stream may be cut anywhere.
func TestSpellings(t *testing.T) {
	for cut := range len(spelled) {
		var s spellings
		s.scan([]byte(spelled[:cut]))
		s.scan([]byte(spelled[cut:]))
		for lower, want := range map[string]string{"iothub-app-tempalert": "iothub-app-tempAlert", "iothub-app-b-c": "IoTHub-App-B-c", "iothub-app-no": "iothub-app-no"} {
			if got := s.find(lower); got != want {
				t.Fatalf("cut at %d: %s is spelled %s, want %s", cut, lower, got, want)
			}
		}
		if len(s.known) != 2 {
			t.Fatalf("cut at %d: %v", cut, s.known)
		}
	}
}

// Whatever a client sends, what is kept of it is bounded, and finding a name
// changes its case at most.
func FuzzSpellings(f *testing.F) {
	f.Add([]byte(spelled), 7)
	f.Add([]byte(strings.Repeat("iothub-app-", 200)+":\n"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		var s spellings
		for step = max(1, step); len(stream) > 0; stream = stream[min(step, len(stream)):] {
			s.scan(stream[:min(step, len(stream))])
		}
		if len(s.known) > maxSpellings || len(s.line) > maxSpelledBytes+1 {
			t.Errorf("%d names, %d bytes of a line", len(s.known), len(s.line))
		}
		for lower, name := range s.known {
			if strings.ToLower(name) != lower || len(name) > maxSpelledBytes || !strings.HasPrefix(lower, headerApp) {
				t.Errorf("%q is kept for %q", name, lower)
			}
		}
	})
}
