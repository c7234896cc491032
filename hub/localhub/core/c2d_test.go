package core

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

func sendC2D(t testing.TB, h *Hub, id string, m C2DMessage) {
	t.Helper()
	if err := h.SendC2D(t.Context(), ID{Device: id}, m); err != nil {
		t.Fatal(err)
	}
}

func lockC2D(t testing.TB, h *Hub, id string) Delivery {
	t.Helper()
	d, ok, err := h.LockC2D(ID{Device: id})
	if err != nil || !ok {
		t.Fatalf("nothing to lock: %v", err)
	}
	return d
}

func settleC2D(t testing.TB, h *Hub, id, token string, o Outcome) {
	t.Helper()
	if err := h.SettleC2D(t.Context(), ID{Device: id}, token, o); err != nil {
		t.Fatal(err)
	}
}

// protocol 4.3, 6.3: what the service sent arrives; the hub fills in to and
// message id.
// Protocol 6.3.1, 6.3.3.
func TestC2DMessage(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	want := C2DMessage{
		MessageID: "m1", CorrelationID: "c1", UserID: []byte{0, 255}, To: "/devices/d/messages/devicebound",
		Expiry: time.Now().Add(time.Hour).UTC().Truncate(time.Second), Ack: AckFull,
		ContentType: "application/json", ContentEncoding: "utf-8",
		Properties: []Property{{Name: "k e", Value: "v&"}, {}}, Body: []byte{1, 2, 0, 255},
	}
	sent := want
	sent.Ack = "FULL"
	sendC2D(t, h, "d", sent)
	sendC2D(t, h, "d", C2DMessage{})
	first := lockC2D(t, h, "d")
	if diff := cmp.Diff(want, first.Message); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	second := lockC2D(t, h, "d")
	if m := second.Message; m.To != "/devices/d/messages/devicebound" || m.MessageID == "" || second.Sequence <= first.Sequence || second.Enqueued.IsZero() {
		t.Errorf("delivery = %+v", second)
	}
	if d, _ := h.Device("d"); d.CloudToDeviceMessageCount != 2 {
		t.Errorf("the identity counts %d messages", d.CloudToDeviceMessageCount)
	}
	settleC2D(t, h, "d", first.LockToken, Complete)
	if twin, _ := h.Twin(ID{Device: "d"}); twin.CloudToDeviceMessageCount != 1 {
		t.Errorf("the twin counts %d messages", twin.CloudToDeviceMessageCount)
	}
	wantCode(t, h.SettleC2D(t.Context(), ID{Device: "d"}, first.LockToken, Complete), CodeLockLost)
}

// Protocol 9, 4.3.7, 6.3.4.
func TestSendC2DRefused(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	d := ID{Device: "d"}
	for _, c := range []struct {
		name string
		id   ID
		m    C2DMessage
		code int
	}{
		{"no such device", ID{Device: "x"}, C2DMessage{}, CodeDeviceNotFound},
		{"no such module", ID{Device: "d", Module: "m"}, C2DMessage{}, CodeModuleNotFound},
		{"expired", d, C2DMessage{Expiry: time.Now().Add(-time.Second)}, CodeInvalidExpiry},
		{"too far ahead", d, C2DMessage{Expiry: time.Now().Add(maxC2DTime + time.Minute)}, CodeInvalidExpiry},
		{"ack", d, C2DMessage{Ack: "maybe"}, CodeArgumentInvalid},
		{"large", d, C2DMessage{Body: make([]byte, MaxC2DSize+1)}, CodeMessageTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) { wantCode(t, h.SendC2D(t.Context(), c.id, c.m), c.code) })
	}
	for range maxQueueDepth {
		sendC2D(t, h, "d", C2DMessage{})
	}
	wantCode(t, h.SendC2D(t.Context(), d, C2DMessage{}), CodeQueueFull)
	settleC2D(t, h, "d", lockC2D(t, h, "d").LockToken, Complete)
	sendC2D(t, h, "d", C2DMessage{})
	n, err := h.PurgeC2D(t.Context(), d)
	if err != nil || n != maxQueueDepth {
		t.Errorf("purged %d, %v", n, err)
	}
	_, err = h.PurgeC2D(t.Context(), ID{Device: "x"})
	wantCode(t, err, CodeDeviceNotFound)
}

func TestOnC2D(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	s := connect(t, h, "d", nil)
	told := make(chan struct{}, 10)
	s.OnC2D(func() { told <- struct{}{} })
	<-told
	sendC2D(t, h, "d", C2DMessage{Body: []byte("x")})
	<-told
	d := lockC2D(t, h, "d")
	settleC2D(t, h, "d", d.LockToken, Abandon)
	<-told
	if d = lockC2D(t, h, "d"); d.DeliveryCount != 1 {
		t.Errorf("delivery count %d after one abandon", d.DeliveryCount)
	}
	settleC2D(t, h, "d", d.LockToken, Release)
	<-told
	if d = lockC2D(t, h, "d"); d.DeliveryCount != 1 {
		t.Errorf("delivery count %d after a release", d.DeliveryCount)
	}
	s.OnC2D(nil)
	sendC2D(t, h, "d", C2DMessage{})
	if len(told) > 0 {
		t.Error("told after it asked to stop")
	}
}

// protocol 6.4: one record for a message that asked for it, by its outcome.
// Protocol 2.4.14, 4.3.9, 6.4.1.
func TestFeedback(t *testing.T) {
	outcomes := map[string]func(*testing.T, *Hub){
		"Success":  func(t *testing.T, h *Hub) { settleC2D(t, h, "d", lockC2D(t, h, "d").LockToken, Complete) },
		"Rejected": func(t *testing.T, h *Hub) { settleC2D(t, h, "d", lockC2D(t, h, "d").LockToken, Reject) },
		"Purged":   func(t *testing.T, h *Hub) { _, _ = h.PurgeC2D(t.Context(), ID{Device: "d"}) },
		"DeliveryCountExceeded": func(t *testing.T, h *Hub) {
			for range maxDeliveries {
				settleC2D(t, h, "d", lockC2D(t, h, "d").LockToken, Abandon)
			}
		},
	}
	for status, do := range outcomes {
		for _, ack := range []Ack{AckNone, AckPositive, AckNegative, AckFull} {
			t.Run(status+"/"+string(ack), func(t *testing.T) {
				h := openHub(t, Options{})
				d := createDevice(t, h, "d")
				sendC2D(t, h, "d", C2DMessage{MessageID: "m1", Ack: ack})
				do(t, h)
				wanted := ack == AckFull || ack == AckPositive && status == "Success" || ack == AckNegative && status != "Success"
				b, ok, err := h.LockFeedback(0)
				if err != nil || ok != wanted {
					t.Fatalf("a batch: %v, %v, want %v", ok, err, wanted)
				}
				if !ok {
					return
				}
				r := b.Records[0]
				if len(b.Records) != 1 || r.OriginalMessageID != "m1" || r.StatusCode != status || r.DeviceID != "d" || r.DeviceGenerationID != d.GenerationID || r.Enqueued.IsZero() {
					t.Errorf("records = %+v", b.Records)
				}
				if err := h.SettleFeedback(t.Context(), b.LockToken, Complete); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// protocol 6.4: 64 records, or 15 s after the last batch.
// Protocol 6.4.2, 6.4.4.
func TestFeedbackBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := openHub(t, Options{})
		for _, id := range []string{"a", "b"} {
			createDevice(t, h, id)
		}
		record := func(id string, n int) {
			for range n {
				sendC2D(t, h, id, C2DMessage{Ack: AckPositive})
				settleC2D(t, h, id, lockC2D(t, h, id).LockToken, Complete)
			}
		}
		batch := func(want int) string {
			t.Helper()
			b, ok, err := h.LockFeedback(0)
			if err != nil || ok != (want > 0) || len(b.Records) != want {
				t.Fatalf("%d records, %v, want %d", len(b.Records), err, want)
			}
			return b.LockToken
		}
		record("a", 1)
		first := batch(1)
		record("a", 63)
		batch(0)
		record("b", 1)
		batch(64)
		record("b", 1)
		batch(0)
		told := make(chan time.Time, 10)
		stop := h.OnFeedback(func() { told <- time.Now() })
		defer stop()
		<-told
		start := time.Now()
		if at := <-told; at.Sub(start) != feedbackInterval {
			t.Errorf("told after %v", at.Sub(start))
		}
		batch(1)
		if err := h.SettleFeedback(t.Context(), first, Abandon); err != nil {
			t.Error(err)
		}
		<-told
		time.Sleep(feedbackInterval)
		b, ok, err := h.LockFeedback(0)
		if err != nil || !ok || b.DeliveryCount != 1 {
			t.Errorf("abandoned batch: %+v, %v", b, err)
		}
	})
}

// Protocol 4.3.8.
func TestC2DExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := openHub(t, Options{})
		createDevice(t, h, "d")
		sendC2D(t, h, "d", C2DMessage{MessageID: "soon", Expiry: time.Now().Add(time.Minute), Ack: AckNegative})
		sendC2D(t, h, "d", C2DMessage{MessageID: "default", Ack: AckNegative})
		sendC2D(t, h, "d", C2DMessage{MessageID: "far", Expiry: time.Now().Add(maxC2DTime), Ack: AckNegative})
		for _, c := range []struct {
			wait time.Duration
			id   string
		}{{time.Minute, "soon"}, {time.Hour, "default"}, {maxC2DTime - time.Hour - time.Minute, "far"}} {
			time.Sleep(c.wait + time.Second)
			b, ok, err := h.LockFeedback(0)
			if err != nil || !ok || len(b.Records) != 1 || b.Records[0].OriginalMessageID != c.id || b.Records[0].StatusCode != "Expired" {
				t.Fatalf("batch = %+v, %v, want that of %s", b, err, c.id)
			}
			if err := h.SettleFeedback(t.Context(), b.LockToken, Complete); err != nil {
				t.Error(err)
			}
		}
	})
}

// A deleted device takes its queue with it.
func TestDeleteDropsQueue(t *testing.T) {
	h := openHub(t, Options{})
	createDevice(t, h, "d")
	sendC2D(t, h, "d", C2DMessage{Ack: AckFull})
	token := lockC2D(t, h, "d").LockToken
	if err := h.DeleteDevice(t.Context(), "d", ""); err != nil {
		t.Fatal(err)
	}
	if d := createDevice(t, h, "d"); d.CloudToDeviceMessageCount != 0 {
		t.Error("the new device has a message of the old one")
	}
	wantCode(t, h.SettleC2D(t.Context(), ID{Device: "d"}, token, Complete), CodeLockLost)
	if _, ok, err := h.LockFeedback(0); ok || err != nil {
		t.Errorf("feedback of a deleted device: %v, %v", ok, err)
	}
}

func TestFileNotifications(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	h := openHubAt(t, path, Options{})
	want := FileNotification{DeviceID: "d", BlobURI: "https://localhost/c/d/a.txt", BlobName: "d/a.txt", LastUpdated: time.Unix(1, 0).UTC(), Size: 7}
	told := make(chan struct{}, 2)
	stop := h.OnFileNotification(func() { told <- struct{}{} })
	<-told
	if err := h.AddFileNotification(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	<-told
	stop()
	closeHub(t, h)

	h = openHubAt(t, path, Options{})
	d, ok, err := h.LockFileNotification()
	if err != nil || !ok {
		t.Fatal(err)
	}
	want.Enqueued = d.Enqueued
	if diff := cmp.Diff(want, d.Notification); diff != "" || d.Enqueued.IsZero() {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := h.SettleFileNotification(t.Context(), d.LockToken, Complete); err != nil {
		t.Error(err)
	}
	if _, ok, _ := h.LockFileNotification(); ok {
		t.Error("a notification that was completed is still there")
	}
}

// A state that was made before there were queues gets them; one of a later
// version is refused.
func TestUpgrade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	h := openHubAt(t, path, Options{})
	createDevice(t, h, "d")
	format := func(text string) {
		t.Helper()
		err := h.db.Update(t.Context(), func(tx *bbolt.Tx) error {
			s := settings{Partitions: 4}
			if _, err := fmt.Sscan(text, &s.Format); err != nil {
				return err
			}
			if s.Format < stateFormat {
				for _, name := range []string{c2dBucket, feedbackBucket, filesBucket, string(modulesBucket)} {
					if err := tx.DeleteBucket([]byte(name)); err != nil {
						return err
					}
				}
			}
			return putJSON(tx.Bucket(hubBucket), keySettings, s)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	h.closeQueues()
	format("0")
	h.openQueues()
	closeHub(t, h)
	h = openHubAt(t, path, Options{})
	sendC2D(t, h, "d", C2DMessage{})
	lockC2D(t, h, "d")
	format("3")
	if err := h.upgrade(); err == nil {
		t.Error("a state of a later version was opened")
	}
}
