package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"hubscope/hub/events"
)

// Files are recordings that are read as if a hub sent them, those with older events first. It is a source for whoever
// takes events from a [events.Sink], and is for one Run at a time.
type Files struct {
	Paths []string
	// Damaged is told of each line that is passed over and of each end that is torn. Nil: nobody is.
	Damaged func(path string, err error)
}

// ErrTorn is an end that was not written: of a file that is still being written, or whose writer was killed.
var ErrTorn = errors.New("the last line is torn, as when the writer was killed")

// batchSize is how many events are handed over at once.
const batchSize = 512

// Run hands all events to the sink, then says that the one partition "" is stopped and returns nil; it returns earlier
// when ctx ends.
func (f *Files) Run(ctx context.Context, sink events.Sink) error {
	paths, err := f.inOrder()
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := f.read(ctx, path, sink); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
	return nil
}

// inOrder sorts files by their first events; what cannot be looked at twice, such as a pipe, stays where it is.
func (f *Files) inOrder() ([]string, error) {
	if len(f.Paths) < 2 {
		return f.Paths, nil
	}
	began := make(map[string]time.Time, len(f.Paths))
	for _, path := range f.Paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return f.Paths, nil
		}
		if began[path], err = firstTime(path); err != nil {
			return nil, err
		}
	}
	paths := slices.Clone(f.Paths)
	slices.SortStableFunc(paths, func(a, b string) int { return began[a].Compare(began[b]) })
	return paths, nil
}

// firstTime is when the first event that can be read came here.
func firstTime(path string) (t time.Time, err error) {
	err = withFile(path, func(r *Reader) error {
		for {
			e, err := r.Next()
			switch {
			case err == nil && e.Received.IsZero():
				t = e.Enqueued
				return nil
			case err == nil:
				t = e.Received
				return nil
			case errors.As(err, new(*LineError)):
			case errors.Is(err, io.EOF):
				return nil
			default:
				return err
			}
		}
	})
	return t, err
}

func withFile(path string, read func(*Reader) error) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	r, err := NewReader(file)
	if err != nil {
		return err
	}
	return read(r)
}

func (f *Files) read(ctx context.Context, path string, sink events.Sink) error {
	return withFile(path, func(r *Reader) error {
		batch := make([]events.Event, 0, batchSize)
		hand := func() {
			if len(batch) > 0 {
				sink.Events(batch)
				batch = make([]events.Event, 0, batchSize) // the slice belongs to the sink
			}
		}
		defer func() { hand() }()
		for ctx.Err() == nil {
			e, err := r.Next()
			switch {
			case err == nil:
				if batch = append(batch, e); len(batch) == batchSize {
					hand()
				}
			case errors.As(err, new(*LineError)):
				f.tell(path, err)
			case errors.Is(err, io.EOF):
				if r.Torn() {
					f.tell(path, ErrTorn)
				}
				return nil
			default:
				return err
			}
		}
		return nil
	})
}

func (f *Files) tell(path string, err error) {
	if f.Damaged != nil {
		f.Damaged(path, err)
	}
}
