package amqp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"
	"go.uber.org/goleak"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/core/eventlog"
)

// azeventhubs leaves the renewer of a claim behind when the link that wanted it
// was refused.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction(
		"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2/internal.(*Namespace).startNegotiateClaimRenewer.func3"))
}

// memoryHub is a backend in memory, for tests of the event hub alone: it has no
// devices and no messages of services.
type memoryHub struct {
	deviceBackend
	serviceBackend

	entity     string
	groups     []string
	partitions []*memoryPartition
	// authenticate decides on tokens; nil takes all of them for iothubowner.
	authenticate func(token string) (core.Principal, error)
}

type memoryPartition struct {
	mu      sync.Mutex
	records []core.Record
	changed chan struct{} // closed by append
}

func newMemoryHub(entity string, partitions int) *memoryHub {
	h := &memoryHub{entity: entity, groups: []string{"$Default", "second"}}
	for range partitions {
		h.partitions = append(h.partitions, &memoryPartition{changed: make(chan struct{})})
	}
	return h
}

func owner() core.Principal {
	return core.Principal{
		Policy: "iothubowner",
		Rights: core.RegistryRead | core.RegistryWrite | core.ServiceConnect | core.DeviceConnect,
	}
}

func (h *memoryHub) Authenticate(token string) (core.Principal, error) {
	if h.authenticate != nil {
		return h.authenticate(token)
	}
	return owner(), nil
}

func (h *memoryHub) PolicyKeyCheck(policy, key string) (core.Principal, error) {
	if policy != "iothubowner" || key != "c2VjcmV0" {
		return core.Principal{}, core.NewError(core.CodeUnauthorized, "Wrong key.")
	}
	return owner(), nil
}

func (h *memoryHub) HasName(host string) bool { return hostOnly(host) == "localhost" }
func (h *memoryHub) Names() []string          { return []string{"localhost"} }
func (h *memoryHub) EventHub() string         { return h.entity }
func (h *memoryHub) Partitions() int          { return len(h.partitions) }
func (h *memoryHub) ConsumerGroups() []string { return h.groups }

func (h *memoryHub) Partition(p int) (core.PartitionInfo, error) {
	part := h.partitions[p]
	part.mu.Lock()
	defer part.mu.Unlock()
	n := len(part.records)
	if n == 0 {
		return core.PartitionInfo{ID: p, Last: -1, LastOffset: "-1", Empty: true}, nil
	}
	last := part.records[n-1]
	return core.PartitionInfo{ID: p, Last: last.Sequence, LastOffset: last.Offset, LastEnqueued: last.Enqueued}, nil
}

// add appends n events with bodies {"n":i}.
func (h *memoryHub) add(t testing.TB, partition, n, size int) {
	t.Helper()
	p := h.partitions[partition]
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		seq := int64(len(p.records))
		p.records = append(p.records, record(t, seq, size))
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

var firstEnqueued = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// record is an event as the hub stores it; its body is at least size bytes.
func record(t testing.TB, seq int64, size int) core.Record {
	t.Helper()
	offset := strconv.FormatInt(seq*200, 10)
	at := firstEnqueued.Add(time.Duration(seq) * time.Millisecond)
	body := fmt.Sprintf(`{"n":%d}`, seq)
	body += strings.Repeat(" ", max(0, size-len(body)))
	id := fmt.Sprintf("m%d", seq)
	m := goamqp.Message{
		Annotations: goamqp.Annotations{
			"x-opt-sequence-number":                seq,
			"x-opt-offset":                         offset,
			"x-opt-enqueued-time":                  at,
			"iothub-connection-device-id":          "d1",
			"iothub-message-source":                "Telemetry",
			"iothub-enqueuedtime":                  at,
			"iothub-connection-auth-method":        `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`,
			"iothub-connection-auth-generation-id": "637",
		},
		Properties:            &goamqp.MessageProperties{MessageID: id},
		ApplicationProperties: map[string]any{"k": "v"},
		Data:                  [][]byte{[]byte(body)},
	}
	payload, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return core.Record{Sequence: seq, Offset: offset, Enqueued: at, Payload: payload}
}

func (h *memoryHub) Ask(context.Context, core.Act) error { return nil }

func (h *memoryHub) Lifetime(core.Act) time.Duration { return 0 }

func (h *memoryHub) openReader(p int, from core.Position) (eventReader, error) {
	part := h.partitions[p]
	part.mu.Lock()
	defer part.mu.Unlock()
	next := 0
	switch from.Kind {
	case core.Latest:
		next = len(part.records)
	case core.Earliest:
	default:
		for next < len(part.records) && !reached(part.records[next], from) {
			next++
		}
		if from.Kind == core.Offset && next == len(part.records) {
			return nil, &eventlog.PositionError{What: "offset", Given: from.Offset, Last: "0"}
		}
	}
	return &memoryReader{part: part, next: next, closed: make(chan struct{})}, nil
}

// reached tells whether r is at or after a position.
func reached(r core.Record, from core.Position) bool {
	var order int
	switch from.Kind {
	case core.Sequence:
		order = int(r.Sequence - from.Sequence)
	case core.Enqueued:
		order = r.Enqueued.Compare(from.Time)
	case core.Offset:
		wanted, _ := strconv.ParseInt(from.Offset, 10, 64)
		order = int(r.Sequence*200 - wanted)
	}
	return order > 0 || order == 0 && from.Inclusive
}

type memoryReader struct {
	part   *memoryPartition
	next   int
	once   sync.Once
	closed chan struct{}
}

func (r *memoryReader) Close() { r.once.Do(func() { close(r.closed) }) }

func (r *memoryReader) Next(ctx context.Context, max int) ([]core.Record, error) {
	for {
		r.part.mu.Lock()
		records, changed := r.part.records[r.next:], r.part.changed
		r.part.mu.Unlock()
		if len(records) > 0 {
			records = records[:min(max, len(records))]
			r.next += len(records)
			return records, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.closed:
			return nil, eventlog.ErrClosed
		}
	}
}

// serve starts a server on loopback and returns its address.
func serve(t testing.TB, h backend, o Options) (*Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(h, o)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-done; !errors.Is(err, ErrServerClosed) {
			t.Errorf("Serve returned %v", err)
		}
	})
	return s, l.Addr().String()
}
