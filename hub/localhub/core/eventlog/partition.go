package eventlog

import (
	"strconv"
	"sync"
	"time"

	"hubscope/hub/localhub/core/d2c"
)

// state is what a partition is, apart from its events. It is stored with every
// commit that changes it.
type state struct {
	begin        int64 // sequence number of the oldest event kept
	next         int64 // sequence number of the next event
	nextOffset   int64
	lastOffset   int64
	lastEnqueued int64 // ms since 1970, 0 when there was no event
	bytes        int64 // of the blocks kept
}

// partition is one partition of the log.
type partition struct {
	id  int
	key []byte // name of its bucket

	// Owned by the store's writer goroutine: the state after the running
	// transaction, and the events in it.
	writing state
	fresh   []Record
	buffer  []byte // for a block; at most a block's size, or one big event's

	mu        sync.Mutex
	committed state
	tail      tail
	// wake is closed when something is published; nil when nobody waits.
	wake   chan struct{}
	closed bool
}

func newPartition(id int, s state, tailBytes int64) *partition {
	return &partition{
		id: id, key: bucketName(id), writing: s, committed: s,
		tail: tail{limit: tailBytes, first: s.next},
	}
}

// stamp gives an event its place. Writer goroutine.
func (p *partition) stamp(draft d2c.Draft, now int64) {
	s := &p.writing
	at := max(now, s.lastEnqueued) // time does not go back within a partition
	payload := draft.Stamp(s.next, s.nextOffset, at)
	p.fresh = append(p.fresh, Record{
		Sequence: s.next,
		Offset:   strconv.FormatInt(s.nextOffset, 10),
		Enqueued: time.UnixMilli(at).UTC(),
		Payload:  payload,
	})
	s.lastOffset, s.lastEnqueued = s.nextOffset, at
	s.nextOffset += int64(len(payload) + recordHeader)
	s.next++
}

func (p *partition) touched() bool { return len(p.fresh) > 0 }

// publish shows what was committed to readers. Writer goroutine.
func (p *partition) publish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.committed = p.writing
	p.tail.forget(p.committed.begin)
	if len(p.fresh) == 0 {
		return
	}
	p.tail.add(p.fresh)
	clear(p.fresh)
	p.fresh = p.fresh[:0]
	p.wakeReaders()
}

// rollback forgets a transaction that failed. Writer goroutine.
func (p *partition) rollback() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing = p.committed
	clear(p.fresh)
	p.fresh = p.fresh[:0]
}

// wakeReaders is called with mu held.
func (p *partition) wakeReaders() {
	if p.wake != nil {
		close(p.wake)
		p.wake = nil
	}
}

func (p *partition) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.wakeReaders()
}

// end is the sequence number of the next event.
func (p *partition) end() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.committed.next
}

func (p *partition) info() PartitionInfo {
	p.mu.Lock()
	s := p.committed
	p.mu.Unlock()
	info := PartitionInfo{ID: p.id, Begin: s.begin, Last: s.next - 1, LastOffset: "-1", Empty: s.begin == s.next}
	if s.next > 0 {
		info.LastOffset = strconv.FormatInt(s.lastOffset, 10)
		info.LastEnqueued = time.UnixMilli(s.lastEnqueued).UTC()
	}
	return info
}
