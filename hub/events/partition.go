package events

import (
	"log/slog"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
)

const (
	// catchUpAfter is how old the last received event may be, beside the newest one, in a live partition.
	catchUpAfter = 3 * time.Second
	// tellEvery is how often a partition that catches up says how far it is.
	tellEvery = 250 * time.Millisecond
)

// A partition is what a run knows of one partition: its cursor and what the sink was told. It outlives connections.
// Its methods may be called by any goroutine.
type partition struct {
	id   string
	sink Sink
	log  *slog.Logger

	mu      sync.Mutex // held while the sink is called, so that states come in order
	state   PartitionState
	cursor  cursor
	end     azeventhubs.PartitionProperties // the hub's side as of the last look
	failed  error                           // why it was given up while others go on
	told    time.Time
	proven  bool      // a receiver has worked in this run
	waiting time.Time // since when events wait and none came; zero when none waits
}

func newPartition(id string, total int, start Position, sink Sink, log *slog.Logger) *partition {
	return &partition{
		id: id, sink: sink, log: log.With("partition", id),
		cursor: cursor{start: start},
		state:  PartitionState{Partition: id, Total: total},
	}
}

// connecting says that attempt n begins.
func (p *partition) connecting(attempt int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil {
		return
	}
	p.state.Attempt = attempt
	p.enter(Connecting, nil, 0)
}

// retrying says that reading ended with err and that attempt n begins after wait.
func (p *partition) retrying(attempt int, err error, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil {
		return
	}
	p.state.Attempt = attempt
	p.enter(Retrying, err, wait)
}

// stopped says that nothing more will come, and why.
func (p *partition) stopped(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.enter(Stopped, err, 0)
	}
}

// giveUp stops this partition alone.
func (p *partition) giveUp(err error) {
	p.stopped(err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = err
}

// givenUp tells whether it was.
func (p *partition) givenUp() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed != nil
}

// notify tells the sink what has happened, beside the state as it is.
func (p *partition) notify(n Notice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(n)
}

// tell is notify with p.mu held.
func (p *partition) tell(n Notice) {
	n.Partition, n.Time = p.id, time.Now()
	p.log.Warn(n.String())
	with := p.state
	with.Notice = &n
	p.sink.State(with)
}

// begin tells where to attach, given the partition as it is now.
func (p *partition) begin(now azeventhubs.PartitionProperties) (from azeventhubs.StartPosition, echo bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.cursor.last
	if p.cursor.meet(now) {
		p.tell(Notice{Kind: Anew, From: before})
	}
	if missing, any := p.cursor.skip(now); any {
		p.tell(missing)
	}
	p.end = now
	p.waiting = time.Time{}
	return p.cursor.from(now)
}

// attached says that the receiver works.
func (p *partition) attached() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.Phase == Connecting {
		p.settle()
	}
}

// deliver gives the new ones of the received events to the sink. It reports whether the partition turned out to count
// anew: then none was taken, and it is to be attached to again.
func (p *partition) deliver(received []*azeventhubs.ReceivedEventData) (anew bool) {
	if len(received) == 0 {
		return false
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := received[0]; first.EnqueuedTime != nil && p.cursor.other(first.SequenceNumber, *first.EnqueuedTime) {
		p.tell(Notice{Kind: Anew, From: p.cursor.last})
		p.cursor.restart()
		return true
	}
	p.waiting, p.proven = time.Time{}, true
	if batch := p.fresh(received, now); len(batch) > 0 {
		last := batch[len(batch)-1].Enqueued
		p.cursor.witness = last
		if !last.IsZero() {
			p.cursor.lastTime = last
		}
		p.sink.Events(batch)
	}
	p.arrived(now)
	return false
}

// fresh decodes the new ones and tells of those that are missing between them. p.mu is held.
func (p *partition) fresh(received []*azeventhubs.ReceivedEventData, now time.Time) []Event {
	batch := make([]Event, 0, len(received))
	for _, d := range received {
		before, knew := p.cursor.last, p.cursor.known
		if !p.cursor.take(d.SequenceNumber) {
			continue
		}
		if knew && d.SequenceNumber > before+1 {
			p.tell(Notice{Kind: Gap, From: before + 1, To: d.SequenceNumber - 1})
		}
		batch = append(batch, decode(p.id, now, d))
	}
	return batch
}

// arrived follows an arrival: the first one proves the receiver, later ones shorten the way to the end. p.mu is held.
func (p *partition) arrived(now time.Time) {
	switch p.state.Phase {
	case Connecting:
		p.settle()
	case CatchingUp, Live:
		if p.state.Behind > 0 && (p.cursor.behind(p.end) == 0 || now.Sub(p.told) >= tellEvery) {
			p.settle()
		}
	}
}

// look takes what the hub says of the partition now. It returns how long events have been waiting there while
// none was received.
func (p *partition) look(now azeventhubs.PartitionProperties) (stalled time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = now
	p.cursor.seen = max(p.cursor.seen, now.LastEnqueuedSequenceNumber)
	if p.state.Phase == Live || p.state.Phase == CatchingUp {
		p.proven = true
		p.settle()
	}
	switch {
	case p.cursor.behind(now) == 0:
		p.waiting = time.Time{}
	case p.waiting.IsZero():
		p.waiting = time.Now()
	default:
		return time.Since(p.waiting)
	}
	return 0
}

// history tells whether a receiver has worked in this run, and in this attempt.
func (p *partition) history() (ever, now bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.proven, p.state.Attempt == 0
}

// settle chooses between Live and CatchingUp and says so if that changes anything. p.mu is held.
func (p *partition) settle() {
	behind, late := p.cursor.behind(p.end), time.Duration(0)
	phase := Live
	if behind > 0 {
		late = p.late()
		if late > catchUpAfter {
			phase = CatchingUp
		}
	}
	same := p.state.Phase == phase && p.state.Behind == behind && p.state.BehindTime == late
	p.state.Behind, p.state.BehindTime = behind, late
	p.state.Attempt = 0
	if !same {
		p.enter(phase, nil, 0)
	}
}

// late is the time between the last received and the newest event, by the hub's clock on both sides.
func (p *partition) late() time.Duration {
	since := p.cursor.lastTime
	switch {
	case !since.IsZero():
	case p.cursor.start.kind == atTime:
		since = p.cursor.start.time
	default: // how old the first event is will be known when it comes
		return catchUpAfter + 1
	}
	return max(0, p.end.LastEnqueuedOn.Sub(since))
}

// enter tells the sink. p.mu is held.
func (p *partition) enter(phase Phase, err error, wait time.Duration) {
	p.state.Phase, p.state.Err, p.state.RetryIn = phase, err, wait
	p.told = time.Now()
	p.sink.State(p.state)
}
