package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"hubscope/hub/events"
)

// Options of a Writer.
type Options struct {
	// MaxBytes is the size from which a file is closed and another begun. 0: one file.
	MaxBytes int64
	// Files is how many files are kept, the one that is written among them; older ones are deleted. 0: all.
	Files int
}

// A Writer records events to a file, at its end if it is there. When the file is full it gets a number into its name,
// such as events.0001.jsonl, counting up, and is begun anew. It is for one goroutine.
//
// What is written is whole lines. When a write fails the file is cut behind the last whole line, so that the same
// events can be written again once there is room.
type Writer struct {
	path    string
	o       Options
	file    *os.File
	size    int64 // of whole lines
	buf     []byte
	deleted int
}

// Mode is that of new files: readable by all that the umask lets, as files with data are, since what they hold
// is not secret to whoever may read the hub's events here.
const Mode = 0o644

// ErrNotRecording is a file that is there and holds something else.
var ErrNotRecording = errors.New("the file is there already and is not a recording")

// Open begins or goes on with a recording. A last line that was not written to its end is cut off.
func Open(path string, o Options) (*Writer, error) {
	if strings.HasSuffix(path, ".gz") {
		return nil, errors.New("a recording is not compressed while it is written: leave .gz out, and compress it later")
	}
	w := &Writer{path: path, o: o}
	if err := w.open(); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *Writer) open() error {
	f, err := os.OpenFile(w.path, os.O_CREATE|os.O_RDWR, Mode)
	if err != nil {
		return err
	}
	size, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(size)
	}
	if err == nil {
		_, err = f.Seek(size, io.SeekStart)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	w.file, w.size = f, size
	return nil
}

// wholeLines checks that a file is a recording, and gives where its last whole line ends.
func wholeLines(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, errors.New("it is not a file")
	}
	if err := checkFirst(f, info.Size()); err != nil {
		return 0, err
	}
	return keepLast(f, info.Size())
}

// keepLast gives the last line its break if only that is missing.
func keepLast(f *os.File, size int64) (int64, error) {
	end, err := lastBreak(f, size)
	if err != nil || end == size || size-end > MaxLine {
		return end, err
	}
	last := make([]byte, size-end)
	if _, err := f.ReadAt(last, end); err != nil {
		return 0, err
	}
	if _, err := Parse(last); err != nil {
		return end, nil
	}
	_, err = f.WriteAt([]byte{'\n'}, size)
	return size + 1, err
}

// checkFirst reads the first line, which must be an event, or the torn beginning of one and nothing else.
func checkFirst(f *os.File, size int64) error {
	begin := make([]byte, 2)
	if _, err := f.ReadAt(begin[:min(size, 2)], 0); err != nil {
		return err
	}
	if begin[0] != '{' {
		return ErrNotRecording
	}
	r, err := NewReader(io.NewSectionReader(f, 0, size))
	if err != nil {
		return err
	}
	_, err = r.Next()
	switch {
	case errors.Is(err, ErrVersion), err == nil:
		return err
	case errors.Is(err, io.EOF) && r.Torn() && size < MaxLine:
		return nil
	}
	return ErrNotRecording
}

func lastBreak(f *os.File, size int64) (int64, error) {
	piece := make([]byte, 64<<10)
	for end := size; end > 0; {
		from := max(0, end-int64(len(piece)))
		n, err := f.ReadAt(piece[:end-from], from)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if at := bytes.LastIndexByte(piece[:n], '\n'); at >= 0 {
			return from + int64(at) + 1, nil
		}
		end = from
	}
	return 0, nil
}

// Path is where the recording is.
func (w *Writer) Path() string { return w.path }

// Deleted is how many files went because of [Options.Files].
func (w *Writer) Deleted() int { return w.deleted }

// flushSize is how much is gathered for one write.
const flushSize = 256 << 10

// Write records events and gives how many of them are in the file; when that is not all, an error says why.
func (w *Writer) Write(batch []events.Event) (written int, err error) {
	for i := range batch {
		if w.size+int64(len(w.buf)) == 0 {
			w.buf = AppendFirst(w.buf, &batch[i])
		} else {
			w.buf = Append(w.buf, &batch[i])
		}
		w.buf = append(w.buf, '\n')
		full := w.o.MaxBytes > 0 && w.size+int64(len(w.buf)) >= w.o.MaxBytes
		if len(w.buf) < flushSize && !full && i+1 < len(batch) {
			continue
		}
		if err := w.flush(); err != nil {
			return written, err
		}
		written = i + 1
		if !full {
			continue
		}
		if err := w.rotate(); err != nil {
			return written, err
		}
	}
	return written, nil
}

func (w *Writer) flush() error {
	if w.file == nil { // a rotation that failed
		if err := w.open(); err != nil {
			w.buf = w.buf[:0]
			return err
		}
	}
	n := len(w.buf)
	_, err := w.file.Write(w.buf)
	w.buf = w.buf[:0]
	if err == nil {
		w.size += int64(n)
		return nil
	}
	_, seek := w.file.Seek(w.size, io.SeekStart)
	return errors.Join(err, w.file.Truncate(w.size), seek)
}

// Close ends the recording.
func (w *Writer) Close() error {
	if w.file == nil {
		return nil
	}
	err := w.file.Close()
	w.file = nil
	return err
}

// rotate gives the full file its number and begins anew.
func (w *Writer) rotate() error {
	if err := w.Close(); err != nil {
		return fmt.Errorf("close %s: %w", w.path, err)
	}
	if err := w.number(); err != nil {
		return err
	}
	w.size = 0
	return w.open()
}
