package c2d

import (
	"testing"

	"hubscope/hub"
	"hubscope/hub/c2d"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// TestCountedBeforeTheQueueChanged: an answer to a question that was asked before does not stand.
func TestCountedBeforeTheQueueChanged(t *testing.T) {
	to := c2d.To{DeviceID: "wind-1"}
	for name, change := range map[string]func(p *Page){
		"sent": func(p *Page) {
			p.desk.running = &running{entry: &entry{serial: 1}}
			p.onSent(sentMsg{target: to, serial: 1})
		},
		"purged": func(p *Page) { p.onPurged(purgedMsg{target: to, n: 3}) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := page.NewContext(t.Context(), theme.Mono)
			ctx.Rights = &page.Rights{}
			p := New(ctx, Options{Sender: &queueing{}, Registry: &queueing{}})
			t.Cleanup(p.Close)
			p.SetSize(120, 36)
			p.SetVisible(true)
			p.Show(connected("wind-1"), "")
			p.readDepth()
			before := p.queue.serial
			change(p)
			p.Update(depthMsg{serial: p.queue.serial, device: hub.Device{C2DCount: 1}})
			p.Update(depthMsg{serial: before, device: hub.Device{C2DCount: 3}})
			if p.queue.n != 1 {
				t.Errorf("%d wait", p.queue.n)
			}
			counted := p.queue.serial
			if p.Update(purgedMsg{target: c2d.To{DeviceID: "wind-2"}, n: 3}); p.queue.serial != counted || p.queue.asking {
				t.Error("the queue of another device is counted anew")
			}
		})
	}
}
