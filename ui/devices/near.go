package devices

import (
	"encoding/json"
	"strings"
	"time"

	"hubscope/hub"
	"hubscope/ui/devices/roster"
)

// nearby keeps the whole devices that were read last. It forgets the older half of them when there are many.
type nearby struct {
	now, before map[roster.Slot]hub.Device
}

// mostNear is how many whole devices are kept, and as many again from before.
const mostNear = 1000

func (n *nearby) get(s roster.Slot) (hub.Device, bool) {
	d, ok := n.now[s]
	if !ok {
		d, ok = n.before[s]
	}
	return d, ok
}

// put takes a device as it was read. A brief one only brings up to date what is here already.
func (n *nearby) put(s roster.Slot, d hub.Device, brief bool) {
	if brief {
		old, ok := n.get(s)
		if !ok {
			return
		}
		old.Status, old.ConnectionState, old.LastActivity, old.C2DCount = d.Status, d.ConnectionState, d.LastActivity, d.C2DCount
		d = old
	}
	if n.now == nil || len(n.now) >= mostNear {
		n.before, n.now = n.now, map[roster.Slot]hub.Device{}
	}
	n.now[s] = d
}

func (n *nearby) forget(s roster.Slot) {
	delete(n.now, s)
	delete(n.before, s)
}

var auths = map[hub.AuthType]roster.Auth{
	hub.AuthSelfSigned: roster.OwnCertificate, hub.AuthCA: roster.Authority, hub.AuthNone: roster.NoAuth,
}

func entryOf(d hub.Listed) roster.Entry {
	return roster.Entry{
		ID: d.DeviceID, Activity: d.LastActivity, Queue: d.C2DCount, Disabled: d.Status == hub.Disabled,
		Online: d.Connected(), Auth: auths[d.Auth.Type], Edge: d.IoTEdge, Values: valuesOf(d.Values),
	}
}

// valuesOf are values as they are shown: a text without its quotes, anything else as JSON.
func valuesOf(raw []json.RawMessage) []string {
	var out []string
	for _, v := range raw {
		text := string(v)
		if strings.HasPrefix(text, `"`) {
			_ = json.Unmarshal(v, &text) // it stays with its quotes when it is no text
		}
		out = append(out, text)
	}
	return out
}

// deviceOf is the little that is held of every device.
func deviceOf(e roster.Entry) hub.Device {
	d := hub.Device{
		DeviceID: e.ID, Status: hub.Enabled, ConnectionState: hub.Disconnected,
		LastActivity: e.Activity.In(time.UTC), C2DCount: e.Queue, IoTEdge: e.Edge,
		Auth: hub.Authentication{Type: hub.AuthSAS},
	}
	if e.Disabled {
		d.Status = hub.Disabled
	}
	if e.Online {
		d.ConnectionState = hub.Connected
	}
	for t, a := range auths {
		if a == e.Auth {
			d.Auth.Type = t
		}
	}
	return d
}
