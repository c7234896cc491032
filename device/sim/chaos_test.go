package sim

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/device/sim/profile"
	"hubscope/hub/localhub"
	"hubscope/hub/localhub/fault"
	"hubscope/hub/localhub/interop/station"
)

// script makes messages of one kind whose ids are counted, and fails when it is told to.
type script struct {
	plain
	fails func(n int) error
}

func (s *script) Next(kind int, now time.Time) (device.Message, error) {
	if err := s.failed(); err != nil {
		return device.Message{}, err
	}
	return s.plain.Next(kind, now)
}

func (s *script) failed() error {
	if s.fails == nil {
		return nil
	}
	s.n++
	err := s.fails(s.n)
	s.n--
	if err != nil {
		s.n++
	}
	return err
}

// ledger counts the receipts of one device by message ids.
type ledger struct {
	mu                sync.Mutex
	confirmed, failed map[string]int
}

func (l *ledger) note(r *device.Receipt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Err() == nil {
		l.confirmed[r.MessageID]++
		return
	}
	l.failed[r.MessageID]++
}

// TestNothingIsForgottenInChaos: devices that have every fault of messages and lose their network, at a hub that throttles,
// cuts, and is restarted in mid-run. What was confirmed is in the event stream; what was made is accounted for.
func TestNothingIsForgottenInChaos(t *testing.T) {
	dir := t.TempDir()
	harm := localhub.Options{StateDir: dir, Faults: []fault.Rule{
		{Kind: fault.Drop, Operation: "telemetry", Protocol: "mqtt", Every: 97},
		{Kind: fault.Throttle, Operation: "telemetry", Protocol: "mqtt", Every: 131},
		{Kind: fault.Latency, Operation: "telemetry", Protocol: "mqtt", Every: 53, Delay: fault.Duration(100 * time.Millisecond)},
	}}
	h := station.StartHub(t, harm)
	target := h.Target()
	var devices []*Simulated
	var ledgers []*ledger
	s := station.On(t, h)
	for i := range 6 {
		book := &ledger{confirmed: map[string]int{}, failed: map[string]int{}}
		o := Options{
			Device: device.Options{
				MQTTAddr: target.MQTTAddr, TLS: target.TLS, OnReceipt: book.note, MessageTimeout: 3 * time.Second,
				Backoff: device.Backoff{Max: 100 * time.Millisecond},
			},
			Interval: 10 * time.Millisecond, Seed: uint64(i),
			Faults: FaultPlan{
				{Kind: Skip, Probability: 0.01},
				{Kind: Duplicate, Probability: 0.02},
				{Kind: Reorder, Probability: 0.02},
				{Kind: Delay, Probability: 0.02, Amount: 50 * time.Millisecond},
				{Kind: Disconnect, After: time.Duration(i+1) * 100 * time.Millisecond, Every: 2 * time.Second, For: 100 * time.Millisecond},
			},
			TelemetryOnly: true,
		}
		o.generate = func(id string) generator { return &script{plain: *newPlain(o.Seed, id)} }
		o.Profile = &profile.Profile{Name: "script", Messages: []profile.Kind{{Name: "m", Interval: time.Second}}}
		id := fmt.Sprint("chaos-", i)
		devices = append(devices, Start(t.Context(), s.ConnectionString(s.Device(id)), o))
		ledgers = append(ledgers, book)
	}
	enough := func(n uint64) {
		t.Helper()
		station.On(t, h).Until("messages are confirmed", func() bool {
			for _, d := range devices {
				st := d.Status()
				balanced(t, st)
				if st.Confirmed < n {
					return false
				}
			}
			return true
		})
	}
	enough(100)
	_, port, _ := net.SplitHostPort(target.MQTTAddr)
	station.CloseHub(t, h)
	harm.MQTTPort, _ = strconv.Atoi(port)
	h = station.StartHub(t, harm)
	enough(250)
	var sum Status
	for _, d := range devices {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		if err := d.Stop(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		st := d.Status()
		balanced(t, st)
		if st.Waiting != 0 || st.Held != 0 || st.State != Stopped {
			t.Errorf("status %+v", st)
		}
		sum.Confirmed += st.Confirmed
		sum.Skipped += st.Skipped
		sum.Duplicated += st.Duplicated
		sum.Delayed += st.Delayed
		sum.Reordered += st.Reordered
		sum.Resent += st.Resent
		sum.Failed += st.Failed
	}
	t.Logf("confirmed %d, failed %d, written again %d, skipped %d, duplicated %d, delayed %d, reordered %d", sum.Confirmed, sum.Failed,
		sum.Resent, sum.Skipped, sum.Duplicated, sum.Delayed, sum.Reordered)
	if sum.Skipped*sum.Duplicated*sum.Delayed*sum.Reordered*sum.Resent == 0 {
		t.Error("a fault did not occur")
	}
	there := map[string]map[string]int{}
	for _, e := range station.On(t, h).Events(int(sum.Confirmed), time.Second) {
		id, _ := e.SystemProperties["iothub-connection-device-id"].(string)
		if there[id] == nil {
			there[id] = map[string]int{}
		}
		there[id][*e.MessageID]++
	}
	for i, d := range devices {
		checkLedger(t, d, ledgers[i], there[d.deviceID])
	}
}

// checkLedger compares what a device counted with what it was told, and with what is in the event stream.
func checkLedger(t *testing.T, d *Simulated, book *ledger, there map[string]int) {
	t.Helper()
	st := d.Status()
	confirmed, failed := 0, 0
	for id, n := range book.confirmed {
		confirmed += n
		if there[id] < n {
			t.Errorf("%s: %s was confirmed %d times and is %d times in the event stream", d.deviceID, id, n, there[id])
		}
	}
	for _, n := range book.failed {
		failed += n
	}
	if uint64(confirmed) != st.Confirmed || uint64(failed)+st.Refused != st.Failed {
		t.Errorf("%s: receipts say %d confirmed, %d failed: %+v", d.deviceID, confirmed, failed, st)
	}
	skipped := 0
	for n := 1; n <= d.number; n++ {
		id := "message_" + strconv.Itoa(n)
		if book.confirmed[id]+book.failed[id] == 0 {
			skipped++
			if there[id] > 0 {
				t.Errorf("%s: %s was skipped and is in the event stream", d.deviceID, id)
			}
		}
	}
	if uint64(skipped) != st.Skipped+st.Refused {
		t.Errorf("%s: %d of %d messages are not accounted for, %d skipped, %d refused", d.deviceID, skipped, d.number, st.Skipped, st.Refused)
	}
	for id := range there {
		if !strings.HasPrefix(id, "message_") {
			t.Errorf("%s: a message %q from nowhere", d.deviceID, id)
		}
	}
}
