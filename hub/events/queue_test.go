package events

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// drain runs a QueueReader and keeps what it says.
func drain(t *testing.T, o Options, q Queue) *reader {
	t.Helper()
	m, err := NewQueueReader(o, q)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &reader{t: t, cancel: cancel, done: make(chan struct{}), change: make(chan struct{})}
	go func() {
		defer close(r.done)
		err := m.Run(ctx, r)
		r.tell(func() { r.err = err })
	}()
	t.Cleanup(r.stop)
	return r
}

// sendC2D sends messages to devices that are not connected, and asks to be told what becomes of them.
func (s *station) sendC2D(each int, devices ...string) {
	s.t.Helper()
	o, ctx := s.options().withDefaults(), s.t.Context()
	sock, err := o.routeToHub().dial(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	defer sock.Close()
	conn, err := amqp.NewConn(ctx, sock, &amqp.ConnOptions{HostName: "localhost", SASLType: amqp.SASLTypeAnonymous()})
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	session, err := conn.NewSession(ctx, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := hubToken(o.Service, time.Now().Add(time.Hour))
	if err != nil {
		s.t.Fatal(err)
	}
	const address = "/messages/devicebound"
	if err := putToken(ctx, session, "localhost"+address, token); err != nil {
		s.t.Fatal(err)
	}
	sender, err := session.NewSender(ctx, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, device := range devices {
		to := "/devices/" + device + address
		for n := range each {
			m := &amqp.Message{
				Properties:            &amqp.MessageProperties{To: &to, MessageID: fmt.Sprintf("%s-%d", device, n)},
				ApplicationProperties: map[string]any{"iothub-ack": "full"},
				Data:                  [][]byte{[]byte("hello")},
			}
			if err := sender.Send(ctx, m, nil); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// protocol 6.4: 64 records make a message of the feedback.
func TestFeedback(t *testing.T) {
	s := startStation(t)
	registry, err := hub.New(hub.Options{Target: s.hub.Target()})
	if err != nil {
		t.Fatal(err)
	}
	defer registry.Close()
	for _, id := range []string{"d1", "d2"} {
		if _, err := registry.CreateDevice(t.Context(), hub.Device{DeviceID: id}); err != nil {
			t.Fatal(err)
		}
	}
	purge := func() { // 64 records: a whole message, that needs not wait for more
		t.Helper()
		s.sendC2D(32, "d1", "d2")
		for _, id := range []string{"d1", "d2"} {
			if n, err := registry.PurgeC2D(t.Context(), id); err != nil || n != 32 {
				t.Fatalf("purged %d, %v", n, err)
			}
		}
	}
	purge()
	r := drain(t, s.options(), FeedbackQueue)
	r.until("all is told", func() bool { return len(r.events) >= 64 })
	e := r.events[0]
	var record wire.FeedbackRecord
	if err := json.Unmarshal(e.Body, &record); err != nil || record.StatusCode != "Purged" || record.OriginalMessageID != e.CorrelationID {
		t.Errorf("%s, %v", e.Body, err)
	}
	if e.Source != SourceFeedback || e.DeviceID != "d1" || e.Partition != "" || e.Enqueued.IsZero() || e.ContentType != "application/json" {
		t.Errorf("%+v", e)
	}

	// What was taken does not come again, not even after the hub has started again. Only the last message may: the hub
	// may end before it has read that it was taken.
	told := r.events[63].Enqueued
	purge()
	r.until("the rest is told", func() bool { return len(r.events) >= 128 })
	r.stop()
	s.stop()
	s.start()
	purge()
	again := drain(t, s.options(), FeedbackQueue)
	again.until("what is new is told", func() bool { return len(again.events) >= 64 })
	for _, e := range again.events {
		if !e.Enqueued.After(told) {
			t.Fatalf("a record of %v comes again", e.Enqueued)
		}
	}
}

// TestQueueReaderReconnects: a hub that starts again is read again.
func TestQueueReaderReconnects(t *testing.T) {
	s := startStation(t)
	r := drain(t, s.options(), FileQueue)
	live := func() bool { return r.latest()[""].Phase == Live }
	r.until("it is live", live)
	s.stop()
	r.until("it says that it tries again", func() bool { return r.latest()[""].Phase == Retrying })
	s.start()
	r.until("it is live again", live)
	s.device("d1")
	s.upload("d1", "log.txt", "what happened")
	r.until("the file is told", func() bool { return len(r.events) == 1 })
	if e := r.events[0]; e.Source != SourceUpload || e.DeviceID != "d1" || !strings.Contains(string(e.Body), `"blobName":"d1/log.txt"`) {
		t.Errorf("%+v %s", e, e.Body)
	}
}

// upload is what a device does to upload a file. protocol 5.3
func (s *station) upload(device, name, content string) {
	s.t.Helper()
	target := s.hub.Target()
	token, err := hubToken(target.Service, time.Now().Add(time.Hour))
	if err != nil {
		s.t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(target.HTTPSAddr)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: target.TLS.Clone(), DisableKeepAlives: true}}
	send := func(method, url, body string, header http.Header) []byte {
		s.t.Helper()
		request, err := http.NewRequestWithContext(s.t.Context(), method, url, bytes.NewBufferString(body))
		if err != nil {
			s.t.Fatal(err)
		}
		request.Header = header
		answer, err := client.Do(request)
		if err != nil {
			s.t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode >= http.StatusBadRequest {
			s.t.Fatalf("%s %s: %d %s", method, url, answer.StatusCode, text)
		}
		return text
	}
	files := "https://localhost:" + port + "/devices/" + device + "/files"
	signed := http.Header{"Authorization": {token.Reveal()}, "Content-Type": {"application/json"}}
	var place struct{ CorrelationID, HostName, ContainerName, BlobName, SASToken string }
	if err := json.Unmarshal(send(http.MethodPost, files+"?api-version=2021-04-12", `{"blobName":"`+name+`"}`, signed), &place); err != nil {
		s.t.Fatal(err)
	}
	blob := "https://" + place.HostName + "/" + place.ContainerName + "/" + place.BlobName + place.SASToken
	send(http.MethodPut, blob, content, http.Header{"X-Ms-Blob-Type": {"BlockBlob"}})
	send(http.MethodPost, files+"/notifications?api-version=2021-04-12", `{"correlationId":"`+place.CorrelationID+`","isSuccess":true,"statusCode":200}`, signed)
}

func TestQueueRefusals(t *testing.T) {
	s := startStation(t)
	o := s.options()
	o.Service.Key = secret.New("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	r := drain(t, o, FeedbackQueue)
	<-r.done
	if !errors.Is(r.err, ErrUnauthorized) {
		t.Errorf("a wrong key ends with %v", r.err)
	}
	if _, err := NewQueueReader(Options{}, FeedbackQueue); err == nil {
		t.Error("a reader with no hub was made")
	}
}

func TestQueueDecode(t *testing.T) {
	message := func(body string) *amqp.Message {
		return &amqp.Message{Data: [][]byte{[]byte(body)}, Annotations: amqp.Annotations{"x-opt-sequence-number": uint64(7)}}
	}
	now := time.Now()
	for body, want := range map[string]int{
		`[{"originalMessageId":"a","deviceId":"d"},{"originalMessageId":"b","deviceId":"e"}]`: 2,
		`[]`: 1, `{"a":1}`: 1, `not json`: 1, ``: 1, `[1,"a",null]`: 3,
	} {
		all := FeedbackQueue.events(message(body), now)
		if len(all) != want {
			t.Errorf("%q gives %d events, want %d", body, len(all), want)
		}
		for _, e := range all {
			if e.Source != SourceFeedback || e.Sequence != 7 || e.Received != now {
				t.Errorf("%q gives %+v", body, e)
			}
		}
	}
	if e := FileQueue.events(message(`{"deviceId":"d","enqueuedTimeUtc":"2016-06-01T21:22:43.7996883Z"}`), now)[0]; e.DeviceID != "d" || e.Enqueued.Year() != 2016 {
		t.Errorf("%+v", e)
	}
}

func FuzzQueueDecode(f *testing.F) {
	f.Add(`[{"originalMessageId":"a","deviceId":"d","enqueuedTimeUtc":"2016-06-01T21:22:43Z"}]`)
	f.Add(`{"deviceId":"d","blobName":"x"}`)
	f.Add(`[null,{"enqueuedTimeUtc":5}]`)
	f.Fuzz(func(t *testing.T, body string) {
		m := &amqp.Message{Data: [][]byte{[]byte(body)}}
		for _, q := range []Queue{FeedbackQueue, FileQueue} {
			all := q.events(m, time.Now())
			if len(all) == 0 || all[0].Source != q.Source() {
				t.Errorf("%q gives %+v", body, all)
			}
		}
	})
}
