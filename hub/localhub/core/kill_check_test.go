package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/Azure/go-amqp"

	"hubscope/hub/localhub/store"
)

// checkAcknowledged opens the file after a kill and counts.
func checkAcknowledged(t *testing.T, path string, all acknowledged) {
	t.Helper()
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(db, Options{RetentionBytes: 1 << 40})
	if err != nil {
		t.Fatal(errors.Join(err, db.Close()))
	}
	defer closeHub(t, h)
	found := storedMessages(t, h)
	successes := storedFeedback(t, h)
	for id, last := range all {
		if _, err := h.Device(id); err != nil {
			t.Errorf("device %s was acknowledged: %v", id, err)
			continue
		}
		if n := last[ackMessage]; found[id] < n {
			t.Errorf("device %s: message %d was acknowledged, the last one stored is %d", id, n, found[id])
		}
		checkTwin(t, h, id, last)
		checkQueue(t, h, id, last, successes[id])
	}
	devices, err := h.Devices("", 1_000_000)
	if err != nil || int64(len(devices)) != h.RegistryStatistics().TotalDeviceCount {
		t.Errorf("%d devices, %v, statistics %+v", len(devices), err, h.RegistryStatistics())
	}
}

// storedMessages reads the whole log and checks that each device's messages are
// complete and in order. It returns the last of each.
func storedMessages(t *testing.T, h *Hub) map[string]int {
	t.Helper()
	last := make(map[string]int)
	for p := range h.Partitions() {
		info, err := h.Partition(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, record := range read(t, h, p, Position{Kind: Earliest}, int(info.Last-info.Begin+1)) {
			var m amqp.Message
			if err := m.UnmarshalBinary(record.Payload); err != nil {
				t.Fatal(err)
			}
			id, text, _ := strings.Cut(string(m.GetData()), " ")
			var n int
			if _, err := fmt.Sscan(text, &n); err != nil || n != last[id]+1 || record.Sequence != info.Begin+int64(i) {
				t.Fatalf("partition %d, sequence %d: %q after %d (%v)", p, record.Sequence, m.GetData(), last[id], err)
			}
			last[id] = n
		}
	}
	return last
}

// checkTwin: every write is there whole, with its version, and none twice.
func checkTwin(t *testing.T, h *Hub, id string, last map[string]int) {
	t.Helper()
	twin, err := h.Twin(ID{Device: id})
	if err != nil {
		t.Fatal(err)
	}
	type document struct {
		N       int `json:"n"`
		Version int `json:"$version"`
	}
	var tags, desired, reported document
	if err := errors.Join(json.Unmarshal(twin.Tags, &tags), json.Unmarshal(twin.Properties.Desired, &desired), json.Unmarshal(twin.Properties.Reported, &reported)); err != nil {
		t.Fatalf("twin of %s: %v", id, err)
	}
	for kind, d := range map[string]document{ackDesired: desired, ackReported: reported} {
		if d.N < last[kind] || d.N > last[kind]+1 || d.Version != d.N+1 {
			t.Errorf("device %s: %s %d was acknowledged, %+v is stored", id, kind, last[kind], d)
		}
	}
	if tags.N != desired.N || twin.Version != int64(2+desired.N+reported.N) {
		t.Errorf("device %s: tags %d with desired %d, version %d", id, tags.N, desired.N, twin.Version)
	}
}

// checkQueue: what was queued and not completed is there, in order and once;
// what was completed is not, and has its one feedback record.
func checkQueue(t *testing.T, h *Hub, id string, last map[string]int, successes []int) {
	t.Helper()
	var pending []int
	for {
		d, ok, err := h.LockC2D(ID{Device: id})
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		n, err := strconv.Atoi(d.Message.MessageID)
		if err != nil {
			t.Fatal(err)
		}
		pending = append(pending, n)
	}
	completed := len(successes)
	for i, n := range append(append([]int(nil), successes...), pending...) {
		if n != i+1 {
			t.Fatalf("device %s: completed %v, pending %v", id, successes, pending)
		}
	}
	queued := completed + len(pending)
	if completed < last[ackCompleted] || completed > last[ackCompleted]+1 || queued < last[ackQueued] || queued > last[ackQueued]+1 {
		t.Errorf("device %s: %d completed and %d queued, acknowledged were %v", id, completed, queued, last)
	}
}

// storedFeedback are the messages that have a record, by device.
func storedFeedback(t *testing.T, h *Hub) map[string][]int {
	t.Helper()
	items, _, err := h.feedback.Lock(feedbackQueue, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]int)
	for i := range items {
		var r FeedbackRecord
		if err := json.Unmarshal(items[i].Data, &r); err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(r.OriginalMessageID)
		if err != nil || r.StatusCode != "Success" {
			t.Fatalf("record %+v, %v", r, err)
		}
		all[r.DeviceID] = append(all[r.DeviceID], n)
	}
	return all
}
