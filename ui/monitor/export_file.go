package monitor

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"hubscope/hub/events"
	"hubscope/hub/events/recording"
	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
)

// exportFile is written beside its place and moved there when it is whole. A name that ends in .gz is compressed.
type exportFile struct {
	plan exportPlan

	mu    sync.Mutex // guards all below: the page may be closed while a slice is written
	over  bool
	part  *os.File
	out   *bufio.Writer
	gz    *gzip.Writer // nil: not compressed
	csv   *recording.CSV
	lines bool // a line of JSON was written
	buf   []byte
	row   []string
}

var errExportOver = errors.New("the export has ended")

func (f *exportFile) create() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return errExportOver
	}
	dir, base := filepath.Split(f.plan.path)
	part := filepath.Join(dir, fmt.Sprintf(".%s.%08x.part", base, rand.Uint32()))
	file, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, recording.Mode)
	if err != nil {
		return err
	}
	f.part = file
	var to io.Writer = file
	if strings.HasSuffix(base, ".gz") {
		f.gz = gzip.NewWriter(file)
		to = f.gz
	}
	f.out = bufio.NewWriterSize(to, 256<<10)
	if !f.plan.csv {
		return nil
	}
	heads := make([]string, len(f.plan.columns))
	for i, path := range f.plan.columns {
		heads[i] = path.String()
	}
	f.csv, err = recording.NewCSV(f.out, heads)
	return err
}

func (f *exportFile) write(slice []history.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return errExportOver
	}
	for i := range slice {
		if err := f.writeOne(&slice[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *exportFile) writeOne(kept *history.Event) error {
	e := whole(kept)
	if f.csv != nil {
		f.row = f.row[:0]
		for _, path := range f.plan.columns {
			f.row = append(f.row, columnText(path, kept))
		}
		return f.csv.Write(&e, f.row)
	}
	encode := recording.AppendFirst
	if f.lines {
		encode = recording.Append
	}
	f.lines = true
	f.buf = append(encode(f.buf[:0], &e), '\n')
	_, err := f.out.Write(f.buf)
	return err
}

// finish puts the file in its place and gives its size.
func (f *exportFile) finish() (size int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return 0, errExportOver
	}
	if f.csv != nil {
		err = f.csv.Flush()
	}
	err = errors.Join(err, f.out.Flush())
	if f.gz != nil {
		err = errors.Join(err, f.gz.Close())
	}
	if err == nil {
		err = f.part.Sync()
	}
	if info, statErr := f.part.Stat(); statErr == nil {
		size = info.Size()
	}
	f.over = true
	err = errors.Join(err, f.part.Close())
	if err == nil {
		err = os.Rename(f.part.Name(), f.plan.path)
	}
	if err != nil {
		_ = os.Remove(f.part.Name())
	}
	return size, err
}

// discard takes what was written away.
func (f *exportFile) discard() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return
	}
	f.over = true
	if f.part != nil {
		_ = f.part.Close()
		_ = os.Remove(f.part.Name())
	}
}

// whole is an event as it came.
func whole(kept *history.Event) events.Event {
	e := kept.Event
	e.Properties, e.System = history.Map(kept.Application), history.Map(kept.Annotations)
	return e
}

// columnText is the value of a column; bytes that are no text are base64.
func columnText(path field.Path, e *history.Event) string {
	value, found := path.Of(e)
	if !found {
		return ""
	}
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		if !utf8.ValidString(v) {
			return "base64:" + base64.StdEncoding.EncodeToString([]byte(v))
		}
		return v
	case json.RawMessage:
		return string(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(value)
}
