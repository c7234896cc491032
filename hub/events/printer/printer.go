// Package printer prints events as they come, for scripts and other programs: one a line to standard output, and what
// the stream does as sentences to standard error.
package printer

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"
	"time"

	"hubscope/hub/events"
)

// Source is a stream of events. *events.Monitor is one.
type Source interface {
	Run(ctx context.Context, sink events.Sink) error
}

// farewell is how long what was printed last may take to be read once the end has come.
const farewell = time.Second

// Run prints what the source brings until ctx ends, o.Duration is over, o.Count events are printed or nobody reads them
// any more, and then returns nil. Otherwise it returns why the source ended, or why out cannot be written. Nothing is
// dropped: who reads slowly holds up the source.
func Run(ctx context.Context, source Source, out, say io.Writer, o Options) error {
	if o.Duration > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, o.Duration)
		defer stop()
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := &printer{
		o: o, stop: stop, ended: ctx.Done(), lines: make(chan []byte, waitingWrites), encode: o.encoder(),
		report: newReport(say, o),
	}
	written := make(chan error, 1)
	go func() { written <- p.write(out) }()
	var asking sync.WaitGroup
	asking.Go(func() { p.report.silence(ctx) })
	p.report.begin()
	err := source.Run(ctx, p)
	why := context.Cause(ctx)
	stop(nil)
	asking.Wait()
	close(p.lines)
	unwritten := awaitWritten(written)
	p.report.end(p.printed(), why, errors.Join(err, unwritten))
	return errors.Join(err, unwritten)
}

// awaitWritten gives what is left a moment: a reader that has stopped reading must not keep the program.
func awaitWritten(written <-chan error) error {
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case err := <-written:
		if isGone(err) {
			return nil
		}
		return err
	case <-timer.C:
		return nil
	}
}

// isGone tells whether an error means that nobody reads any more, as behind head -1.
func isGone(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) }

// Why a stream is ended that is not interrupted.
var (
	errEnough    = errors.New("as many events as were asked for have come")
	errUnread    = errors.New("nobody reads the output any more")
	errUnwritten = errors.New("the output cannot be written")
)

// waitingWrites bounds what waits for a reader: batches.
const waitingWrites = 16

// printer is the sink.
type printer struct {
	o      Options
	stop   context.CancelCauseFunc
	ended  <-chan struct{}
	lines  chan []byte
	report *report

	mu     sync.Mutex
	encode func(to []byte, e *events.Event) []byte // guarded by mu, as is Options.Shows
	count  int                                     // guarded by mu
}

// Events implements [events.Sink].
func (p *printer) Events(batch []events.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var text []byte
	for i := range batch {
		if p.enough() {
			break
		}
		p.report.came()
		if e := &batch[i]; p.o.shows(e) {
			text = p.encode(text, e)
			p.count++
		}
	}
	if len(text) > 0 {
		select {
		case p.lines <- text:
		case <-p.ended:
		}
	}
	if p.enough() {
		p.stop(errEnough)
	}
}

func (p *printer) enough() bool { return p.o.Count > 0 && p.count >= p.o.Count }

func (p *printer) printed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// State implements [events.Sink].
func (p *printer) State(s events.PartitionState) { p.report.state(s) }

// write writes lines until there are no more, or until that fails, which ends the stream.
func (p *printer) write(out io.Writer) (failed error) {
	for text := range p.lines {
		if failed != nil {
			continue
		}
		if _, failed = out.Write(text); failed == nil {
			continue
		}
		if isGone(failed) {
			p.stop(errUnread)
		} else {
			p.stop(errUnwritten)
		}
	}
	return failed
}
