package core

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

// runKilledHub creates devices and sends with them for ever; a line is written
// when something was acknowledged: its kind, the device's id, and its number.
func runKilledHub(path string) {
	db, err := store.Open(path, store.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	h, err := Open(db, Options{RetentionBytes: 1 << 40})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var out sync.Mutex
	acknowledge := func(kind, id string, n int) {
		out.Lock()
		defer out.Unlock()
		fmt.Printf("%s %s %d\n", kind, id, n)
	}
	var running sync.WaitGroup
	for worker := range 8 {
		running.Go(func() { loadHub(h, fmt.Sprintf("device-%d-%d", worker, time.Now().UnixNano()), acknowledge) })
	}
	running.Wait()
}

// load is one device under load.
type load struct {
	h           *Hub
	id          string
	acknowledge func(kind, id string, n int)
}

func loadHub(h *Hub, id string, acknowledge func(kind, id string, n int)) {
	if _, err := h.CreateDevice(context.Background(), wire.Device{DeviceID: id}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	acknowledge(ackDevice, id, 0)
	l := load{h, id, acknowledge}
	var running sync.WaitGroup
	for _, do := range []func() error{l.messages, l.twins, l.queue} {
		running.Go(func() { fmt.Fprintln(os.Stderr, do()) })
	}
	running.Wait()
}

func (l load) messages() error {
	s, err := l.h.Connect(context.Background(), SessionInfo{ID: ID{Device: l.id}}, func(error) {})
	if err != nil {
		return err
	}
	window := make(chan struct{}, 16)
	for n := 1; ; n++ {
		window <- struct{}{}
		s.Send(Message{Body: fmt.Appendf(nil, "%s %d", l.id, n)}, func(err error) {
			if err == nil {
				l.acknowledge(ackMessage, l.id, n)
			}
			<-window
		})
	}
}

func (l load) twins() error {
	id := ID{Device: l.id}
	for n := 1; ; n++ {
		patch := fmt.Appendf(nil, `{"n":%d}`, n)
		if _, err := l.h.PatchTwin(context.Background(), id, TwinPatch{Tags: patch, Desired: patch}, ""); err != nil {
			return err
		}
		l.acknowledge(ackDesired, l.id, n)
		if _, err := l.h.ReportTwin(context.Background(), id, json.RawMessage(patch), nil); err != nil {
			return err
		}
		l.acknowledge(ackReported, l.id, n)
	}
}

// queue keeps some messages waiting; every third delivery is abandoned once.
func (l load) queue() error {
	const waiting = 5
	id := ID{Device: l.id}
	for n := 1; ; n++ {
		m := C2DMessage{MessageID: strconv.Itoa(n), Ack: AckFull}
		if err := l.h.SendC2D(context.Background(), id, m); err != nil {
			return err
		}
		l.acknowledge(ackQueued, l.id, n)
		if n <= waiting {
			continue
		}
		if err := l.complete(id, n-waiting); err != nil {
			return err
		}
		l.acknowledge(ackCompleted, l.id, n-waiting)
	}
}

func (l load) complete(id ID, n int) error {
	for {
		d, ok, err := l.h.LockC2D(id)
		if err != nil || !ok || d.Message.MessageID != strconv.Itoa(n) {
			return fmt.Errorf("locked %q of %s, want %d: %w", d.Message.MessageID, l.id, n, err)
		}
		outcome := Complete
		if n%3 == 0 && d.DeliveryCount == 0 {
			outcome = Abandon
		}
		if err := l.h.SettleC2D(context.Background(), id, d.LockToken, outcome); err != nil || outcome == Complete {
			return err
		}
	}
}
