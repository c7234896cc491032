package core

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/d2c"
)

// maxAnnouncements bounds how many events of the hub itself may wait for the log.
const maxAnnouncements = 1 << 16

// announcement is an event that the hub itself makes (protocol 7.8).
type announcement struct {
	id     ID
	source string
	opType string
	schema string
	at     time.Time
	body   json.RawMessage
}

// announcer hands events of the hub itself to the log, on a goroutine of its
// own: who makes them must not wait for the disk. Their order is that in which
// things happened.
type announcer struct {
	mu      sync.Mutex
	waiting []announcement
	lost    int
	closed  bool
	wake    chan struct{} // buffered 1
	done    chan struct{}
}

func (a *announcer) start(h *Hub) {
	a.wake, a.done = make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(a.done)
		for range a.wake {
			waiting, lost := a.take()
			for i := range waiting {
				h.appendAnnouncement(&waiting[i])
			}
			if lost > 0 {
				h.o.Logger.Warn("events of the hub were lost: too many waited for the disk", "count", lost)
			}
		}
	}()
}

// startAnnouncer makes the hub announce what Options.EventSources asks for.
func (h *Hub) startAnnouncer() {
	h.sources = make(map[string]bool)
	for _, source := range h.o.EventSources {
		h.sources[source] = true
	}
	h.connectionChanges.Store(h.now().UnixNano())
	h.sessions.changed = h.announceConnection
	h.announcer.start(h)
}

func (a *announcer) take() ([]announcement, int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	waiting, lost := a.waiting, a.lost
	a.waiting, a.lost = nil, 0
	return waiting, lost
}

func (a *announcer) add(n announcement) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	if len(a.waiting) >= maxAnnouncements {
		a.lost++
		return
	}
	a.waiting = append(a.waiting, n)
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// stop hands over what waits, and ends the goroutine.
func (a *announcer) stop() {
	a.mu.Lock()
	if !a.closed {
		a.closed = true
		close(a.wake)
	}
	a.mu.Unlock()
	<-a.done
}

// announces tells whether events of a source are wanted.
func (h *Hub) announces(source string) bool { return h.sources[source] }

// announce queues an event if its source is wanted. It does not block.
func (h *Hub) announce(n announcement) {
	if !h.announces(n.source) {
		return
	}
	n.at = h.now()
	h.announcer.add(n)
}

func (h *Hub) appendAnnouncement(n *announcement) {
	encoder := d2c.NewEncoder(d2c.Origin{DeviceID: n.id.Device, ModuleID: n.id.Module})
	m := Message{
		CorrelationID: correlationID(), UserID: entityName(h.o.Names[0]), Source: n.source,
		ContentType: "application/json", ContentEncoding: "utf-8",
		Properties: n.properties(entityName(h.o.Names[0])), Body: n.body,
	}
	h.log.Append(partitionOf(n.id.Device, h.Partitions()), encoder.Encode(&m, n.at), func(err error) {
		if err != nil {
			h.o.Logger.Warn("store an event of the hub", "source", n.source, "error", err)
		}
	})
}

func (n *announcement) properties(hub string) []Property {
	all := []Property{{Name: "hubName", Value: hub}, {Name: "deviceId", Value: n.id.Device}}
	if n.id.Module != "" {
		all = append(all, Property{Name: "moduleId", Value: n.id.Module})
	}
	return append(all,
		Property{Name: "operationTimestamp", Value: n.at.Format("2006-01-02T15:04:05.0000000Z")},
		Property{Name: "iothub-message-schema", Value: n.schema},
		Property{Name: "opType", Value: n.opType},
	)
}

func correlationID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	return hex.EncodeToString(id[:])
}

// lifecycle is the beginning or the end of an identity, with its twin as JSON.
type lifecycle struct {
	id   ID
	twin json.RawMessage
}

// lifecycles reads what the events of identities will say; nothing when they are
// not wanted. Writer goroutine.
func (h *Hub) lifecycles(tx *bbolt.Tx, ids []ID) ([]lifecycle, error) {
	if !h.announces(SourceLifecycle) {
		return nil, nil
	}
	all := make([]lifecycle, 0, len(ids))
	for _, id := range ids {
		i, err := readIdentity(tx, id)
		if err != nil {
			return nil, err
		}
		t, err := h.readTwin(tx, id, &i)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(t)
		if err != nil {
			return nil, err
		}
		all = append(all, lifecycle{id, text})
	}
	return all, nil
}

// announceAll tells that identities were created or deleted: operation is
// "create" or "delete". Writer goroutine.
func (h *Hub) announceAll(operation string, identities []lifecycle) {
	for _, l := range identities {
		opType, schema := operation+"DeviceIdentity", "deviceLifecycleNotification"
		if l.id.Module != "" {
			opType, schema = operation+"ModuleIdentity", "moduleLifecycleNotification"
		}
		h.announce(announcement{id: l.id, source: SourceLifecycle, opType: opType, schema: schema, body: l.twin})
	}
}

// announceConnection tells that an identity is connected or no longer.
func (h *Hub) announceConnection(id ID, connected bool) {
	if !h.announces(SourceConnectionState) {
		return
	}
	what, change := "device", "Disconnected"
	if id.Module != "" {
		what = "module"
	}
	if connected {
		change = "Connected"
	}
	// It tells which of two events is the later one.
	number := h.connectionChanges.Add(1)
	h.announce(announcement{
		id: id, source: SourceConnectionState, opType: what + change, schema: what + "ConnectionStateNotification",
		body: json.RawMessage(fmt.Sprintf(`{"sequenceNumber":"%064X"}`, number)),
	})
}
