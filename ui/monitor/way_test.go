package monitor

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/events"
)

func TestWebSocketIsOfferedByWhatBecameOfIt(t *testing.T) {
	for _, test := range []struct {
		tried  events.Try
		want   string
		offers bool
	}{
		{events.Untried, "tries WebSocket, on port 443", true},
		{events.Worked, "reads by WebSocket, which works", true},
		{events.Failed, "", false},
	} {
		f := tab(t)
		f.SetSize(200, 12)
		f.Update(statesMsg{[]events.PartitionState{{
			Partition: "0", Phase: events.Retrying, RetryIn: time.Second,
			Err: &events.Error{Kind: events.ErrUnreachable, Subject: "my-hub:5671", WebSocket: test.tried},
		}}})
		shown := ansi.Strip(f.dockHead())
		if !strings.Contains(shown, test.want) || strings.Contains(shown, "w ") != test.offers {
			t.Errorf("%d: no %q in %q", test.tried, test.want, shown)
		}
		f.press("w")
		if f.reads.webSocket != test.offers {
			t.Errorf("%d: w turned to WebSocket: %v", test.tried, f.reads.webSocket)
		}
	}
}
