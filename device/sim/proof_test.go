package sim

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWithoutProof: with the option, a message is what the profile made and nothing else.
func TestWithoutProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{}
		o := h.options()
		o.NoProof = true
		s := Start(t.Context(), identity("wind-1"), o)
		time.Sleep(1500 * time.Millisecond)
		messages, _ := h.got()
		if len(messages) != 2 {
			t.Fatalf("%d messages", len(messages))
		}
		for _, m := range messages {
			if strings.Contains(m.TopicName, "hubscope") || strings.Contains(m.TopicName, "ctime") {
				t.Errorf("topic %s", m.TopicName)
			}
		}
		stopNow(s)
	})
}

// TestEachRunHasAName: a device that is started again counts from 1 anew, and that must not look like a loss.
func TestEachRunHasAName(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		seen[newRun()] = true
	}
	if len(seen) < 20 {
		t.Errorf("%d names for 20 runs", len(seen))
	}
}
