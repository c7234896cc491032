package hub

import (
	"testing"
	"time"
)

func TestInUse(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		d    Device
		want bool
	}{
		"never":           {Device{}, false},
		"connected":       {Device{ConnectionState: Connected}, true},
		"a minute ago":    {Device{LastActivity: now.Add(-time.Minute)}, true},
		"six minutes ago": {Device{LastActivity: now.Add(-6 * time.Minute)}, false},
	} {
		if got := c.d.InUse(now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
