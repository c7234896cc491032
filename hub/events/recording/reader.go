package recording

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"hubscope/hub/events"
)

// MaxLine bounds a line, in bytes: much more than the largest message of IoT Hub takes.
const MaxLine = 8 << 20

// LineError is a line that cannot be read. The lines behind it can.
type LineError struct {
	Line int // counted from 1
	Err  error
}

// Error is a sentence.
func (e *LineError) Error() string { return fmt.Sprintf("line %d is damaged: %v", e.Line, e.Err) }

// Unwrap gives what is wrong with the line.
func (e *LineError) Unwrap() error { return e.Err }

var errLong = fmt.Errorf("it is longer than %d MiB", MaxLine>>20)

// A Reader reads a recording, compressed by gzip or not. It is for one goroutine.
type Reader struct {
	from *bufio.Reader
	line int
	buf  []byte
	torn bool
}

// NewReader looks at the first bytes of r to tell whether it is compressed.
func NewReader(r io.Reader) (*Reader, error) {
	from := bufio.NewReaderSize(r, 64<<10)
	magic, err := from.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return &Reader{from: from}, nil
	}
	unpacked, err := gzip.NewReader(from)
	if err != nil {
		return nil, fmt.Errorf("it is not gzip: %w", err)
	}
	return &Reader{from: bufio.NewReaderSize(unpacked, 64<<10)}, nil
}

// Next reads the next event. It gives io.EOF at the end, a [*LineError] for a line that is damaged, after which Next goes
// on with the line behind it, and [ErrVersion], wrapped, or an error of the file, after which there is no more. Empty
// lines are passed over. A last line that was not written to its end is no error: see [Reader.Torn].
func (r *Reader) Next() (events.Event, error) {
	for {
		line, whole, err := r.readLine()
		if err != nil && !errors.Is(err, errLong) {
			return events.Event{}, err
		}
		r.line++
		if err != nil {
			return events.Event{}, &LineError{r.line, err}
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		e, err := Parse(line)
		switch {
		case err == nil:
			return e, nil
		case errors.Is(err, ErrVersion):
			return events.Event{}, err
		case !whole:
			r.torn = true
			return events.Event{}, io.EOF
		}
		return events.Event{}, &LineError{r.line, err}
	}
}

// Torn tells, after the end, whether the file ends within a line or within what is compressed.
func (r *Reader) Torn() bool { return r.torn }

// Lines is how many lines have been read.
func (r *Reader) Lines() int { return r.line }

// readLine reads to the end of a line; whole tells whether that was there. What is too long is passed over.
func (r *Reader) readLine() (line []byte, whole bool, err error) {
	r.buf = r.buf[:0]
	long := false
	for {
		piece, err := r.from.ReadSlice('\n')
		if !long {
			r.buf = append(r.buf, piece...)
		}
		long = long || len(r.buf) > MaxLine
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case isEnd(err):
			r.torn = r.torn || errors.Is(err, io.ErrUnexpectedEOF)
			if len(r.buf) == 0 {
				return nil, false, io.EOF
			}
		case err != nil:
			return nil, false, err
		}
		if long {
			return nil, err == nil, errLong
		}
		return r.buf, err == nil, nil
	}
}

// isEnd takes the end of a compressed file that was not written to its end for one.
func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
