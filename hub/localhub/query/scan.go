package query

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// selection is the rows of a source that a condition may be true for.
type selection struct {
	source Source
	spans  spans
	where  expression
}

// rowsOf gives the rows from a key on.
func rowsOf(source Source, where expression, from string) selection {
	return selection{source, spansOf(where, source.Leading()).intersect(spans{{From: from}}), where}
}

// scan visits the rows of a span that the condition is true for; read is how many
// were looked at.
func (s selection) scan(ctx context.Context, in Span, visit func(Row) (more bool)) (read int, err error) {
	err = s.source.Scan(ctx, in, func(r Row) bool {
		read++
		return !matches(s.where, r) || visit(r)
	})
	return read, err
}

// pieces cuts the spans into parts of about as many rows as one reader should
// take at a time.
func (s selection) pieces(ctx context.Context) iter.Seq2[Span, error] {
	return func(yield func(Span, error) bool) {
		for _, span := range s.spans {
			for {
				end := span.Until
				if cutter, ok := s.source.(Cutter); ok {
					key, err := cutter.Cut(ctx, span, pieceRows)
					if err != nil {
						yield(Span{}, err)
						return
					}
					if key != "" {
						end = key
					}
				}
				if !yield(Span{span.From, end}, nil) {
					return
				}
				if end == span.Until {
					break
				}
				span.From = end
			}
		}
	}
}

// inOrder has work done on the pieces of a selection, on several at a time, and
// gives the results in the order of their keys. The first piece is done alone: who
// finds there all that it wants leaves the others in peace. What was begun has
// ended when inOrder has. It ends after the first error, which may be that of ctx.
func inOrder[T any](ctx context.Context, s selection, work func(context.Context, Span) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		next, stop := iter.Pull2(s.pieces(ctx))
		defer stop()
		span, err, ok := next()
		if !ok {
			return
		}
		var first T
		if err == nil {
			first, err = work(ctx, span)
		}
		if !yield(first, err) || err != nil {
			return
		}
		atOnce(ctx, next, work, yield)
	}
}

// pieceResult is what came of a piece.
type pieceResult[T any] struct {
	value T
	err   error
}

// atOnce is inOrder for the pieces behind the first.
func atOnce[T any](parent context.Context, next func() (Span, error, bool), work func(context.Context, Span) (T, error), yield func(T, error) bool) {
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	// What is in the queue is worked on; one more is waited for, and one is being
	// queued.
	queue := make(chan chan pieceResult[T], max(1, min(runtime.GOMAXPROCS(0), maxReaders)-1))
	running.Go(func() {
		defer close(queue)
		for {
			span, err, ok := next()
			if !ok {
				return
			}
			done := make(chan pieceResult[T], 1)
			select {
			case queue <- done:
			case <-ctx.Done():
				return
			}
			if err != nil {
				done <- pieceResult[T]{err: err}
				return
			}
			running.Go(func() {
				value, err := work(ctx, span)
				done <- pieceResult[T]{value, err}
			})
		}
	})
	for done := range queue {
		if r := <-done; !yield(r.value, r.err) || r.err != nil {
			return
		}
	}
	if err := context.Cause(parent); err != nil {
		var none T
		yield(none, err)
	}
}

// Keys gives the keys of the rows of s that the condition is true for, in their
// order, some at a time. It ends after the first error, which may be that of ctx.
func (c *Condition) Keys(ctx context.Context, s Sources) iter.Seq2[[]string, error] {
	rows := rowsOf(s.of(c.from), c.where, "")
	return inOrder(ctx, rows, func(ctx context.Context, in Span) (keys []string, err error) {
		_, err = rows.scan(ctx, in, func(r Row) bool {
			keys = append(keys, r.Key())
			return true
		})
		return keys, err
	})
}
