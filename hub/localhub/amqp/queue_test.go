package amqp

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// paperQueue is a backend whose feedback is a list in memory that notes what
// becomes of each batch.
type paperQueue struct {
	coreHub

	mu      sync.Mutex
	waiting []string          // original message ids
	locked  map[string]string // original message ids by token
	settled map[string]core.Outcome
	notify  func()
	locks   int
	// accepting, when set, is called before a batch is accepted, and what is
	// abandoned comes first again.
	accepting func()
}

func (q *paperQueue) add(ids ...string) {
	q.mu.Lock()
	q.waiting = append(q.waiting, ids...)
	notify := q.notify
	q.mu.Unlock()
	if notify != nil {
		notify()
	}
}

func (q *paperQueue) LockFeedback(int) (core.FeedbackBatch, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return core.FeedbackBatch{}, false, nil
	}
	id := q.waiting[0]
	q.waiting = q.waiting[1:]
	q.locks++
	token := fmt.Sprintf("00112233-4455-6677-8899-%012x", q.locks)
	q.locked[token] = id
	return core.FeedbackBatch{
		LockToken: token, Sequence: uint64(q.locks), Enqueued: time.Unix(1, 0),
		Records: []core.FeedbackRecord{{
			OriginalMessageID: id, Enqueued: time.Date(2026, 7, 28, 16, 24, 48, 789e6, time.UTC),
			StatusCode: "Success", DeviceID: "d1", DeviceGenerationID: "637",
		}},
	}, true, nil
}

func (q *paperQueue) SettleFeedback(_ context.Context, token string, o core.Outcome) error {
	if o == core.Complete && q.accepting != nil {
		q.accepting()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settled[token] = o
	if o == core.Abandon && q.accepting != nil {
		q.waiting = append([]string{q.locked[token]}, q.waiting...)
	}
	return nil
}

func (q *paperQueue) OnFeedback(fn func()) func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.notify = fn
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.notify = nil
	}
}

func (q *paperQueue) outcome(token string) (core.Outcome, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	o, ok := q.settled[token]
	return o, ok
}

func (q *paperQueue) watched() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.notify != nil
}

func newPaperQueue(t *testing.T) (*station, *paperQueue) {
	h := openCore(t, core.Options{Names: []string{"localhost"}})
	q := &paperQueue{coreHub: coreHub{h}, locked: map[string]string{}, settled: map[string]core.Outcome{}}
	_, addr := serve(t, q, Options{})
	return &station{t, h, addr}, q
}

const feedback = "/messages/serviceBound/feedback"

// Protocol 6.4: the form of a batch; the outcomes of the peer settle it.
// Protocol 6.4.3, 6.4.4.
func TestFeedbackLink(t *testing.T) {
	b, q := newPaperQueue(t)
	in := b.receiver(b.service(), feedback, &goamqp.ReceiverOptions{Credit: 10})
	q.add("m0")
	m := b.receive(in)
	if *m.Properties.ContentType != contentFeedback || string(m.Properties.UserID) != "localhost" || len(m.DeliveryTag) != 16 {
		t.Errorf("properties %+v, tag %x", m.Properties, m.DeliveryTag)
	}
	want := `[{"originalMessageId":"m0","enqueuedTimeUtc":"2026-07-28T16:24:48.789Z","statusCode":"Success","description":"Success","deviceId":"d1","deviceGenerationId":"637"}]`
	if string(m.GetData()) != want {
		t.Errorf("body %s, want %s", m.GetData(), want)
	}
	for i, settle := range []struct {
		do   func(m *goamqp.Message) error
		want core.Outcome
	}{
		{func(m *goamqp.Message) error { return in.AcceptMessage(testContext(t), m) }, core.Complete},
		{func(m *goamqp.Message) error { return in.RejectMessage(testContext(t), m, nil) }, core.Reject},
		{func(m *goamqp.Message) error { return in.ReleaseMessage(testContext(t), m) }, core.Abandon},
		{func(m *goamqp.Message) error { return in.ModifyMessage(testContext(t), m, nil) }, core.Abandon},
	} {
		if i > 0 {
			q.add("m")
			m = b.receive(in)
		}
		token := m.Annotations[keyLockToken].(string)
		if err := settle.do(m); err != nil {
			t.Fatal(err)
		}
		until(t, "settled", func() bool { o, ok := q.outcome(token); return ok && o == settle.want })
	}
	// What a link leaves behind is given back.
	q.add("left")
	m = b.receive(in)
	if err := in.Close(testContext(t)); err != nil {
		t.Fatal(err)
	}
	until(t, "no longer watched", func() bool { return !q.watched() })
	if o, ok := q.outcome(m.Annotations[keyLockToken].(string)); !ok || o != core.Release {
		t.Errorf("settled with %v, %v by the end of the link", o, ok)
	}
}

// A peer that abandons a message and then gives credit has that message again,
// and not the one behind it, also while the hub is busy with an outcome that was
// said before (protocol 6.4).
func TestAbandonedComesBeforeTheNext(t *testing.T) {
	b, q := newPaperQueue(t)
	busy, free := make(chan struct{}), make(chan struct{})
	q.accepting = func() { close(busy); <-free }
	q.add("first", "second", "third")
	peer := b.service()
	in := b.receiver(peer, feedback, &goamqp.ReceiverOptions{Credit: -1})
	give := func(credit uint32) {
		if err := in.IssueCredit(credit); err != nil {
			t.Fatal(err)
		}
	}
	give(2)
	first, second := b.receive(in), b.receive(in)
	if err := in.AcceptMessage(testContext(t), first); err != nil {
		t.Fatal(err)
	}
	<-busy
	if err := in.ReleaseMessage(testContext(t), second); err != nil {
		t.Fatal(err)
	}
	give(1)
	b.receiver(peer, feedback, &goamqp.ReceiverOptions{Credit: -1}) // what is answered was read after the credit
	close(free)
	if got := string(b.receive(in).GetData()); !strings.Contains(got, "second") {
		t.Errorf("got %s", got)
	}
}

// Protocol 8.1: a peer that asked for settled deliveries completes by taking
// them; credit bounds what is locked, and a drain ends.
func TestFeedbackCreditAndSettledMode(t *testing.T) {
	b, q := newPaperQueue(t)
	in := b.receiver(b.service(), feedback, &goamqp.ReceiverOptions{Credit: -1, RequestedSenderSettleMode: goamqp.SenderSettleModeSettled.Ptr()})
	q.add("a", "b", "c")
	if err := in.IssueCredit(2); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		m := b.receive(in)
		token := m.Annotations[keyLockToken].(string)
		until(t, "completed", func() bool { o, ok := q.outcome(token); return ok && o == core.Complete })
	}
	q.mu.Lock()
	if len(q.waiting) != 1 {
		t.Errorf("%d are waiting, want 1", len(q.waiting))
	}
	q.mu.Unlock()
	if err := in.IssueCredit(5); err != nil {
		t.Fatal(err)
	}
	b.receive(in)
	if err := in.DrainCredit(testContext(t), nil); err != nil {
		t.Errorf("drain: %v", err)
	}
}

// A GUID's bytes as .NET orders them; other tokens as they are.
func TestTagOf(t *testing.T) {
	if got, want := fmt.Sprintf("%x", tagOf("00112233-4455-6677-8899-aabbccddeeff")), "33221100554477668899aabbccddeeff"; got != want {
		t.Errorf("tag %s, want %s", got, want)
	}
	if got := string(tagOf("short")); got != "short" {
		t.Errorf("tag %q", got)
	}
}
