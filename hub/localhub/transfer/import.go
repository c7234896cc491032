package transfer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

const (
	importBatch = 100     // lines
	maxLine     = 1 << 20 // bytes: a twin of full size, and its metadata
)

// importAll does the lines of the input, first those of configurations, and writes
// the error file when some could not be done.
func (s *Service) importAll(ctx context.Context, r *record, from, to container) error {
	if r.Job.IncludeConfigurations && !r.Configured {
		if err := s.importConfigurations(ctx, r, from); err != nil {
			return err
		}
	}
	if err := s.importDevices(ctx, r, from); err != nil {
		return err
	}
	return s.reportErrors(ctx, r.Job.JobID, to)
}

// importDevices does the lines in batches, each of which is noted when it is done.
func (s *Service) importDevices(ctx context.Context, r *record, from container) error {
	blob := orDefault(r.Job.InputBlobName, devicesBlob)
	total, err := countLines(ctx, from, blob)
	if err != nil {
		return err
	}
	return eachBatch(ctx, from, blob, r.Lines, func(first int64, lines [][]byte) error {
		items, failed := readItems(first, lines)
		refused, err := s.o.Import(ctx, items)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		done := first + int64(len(lines))
		s.advance(r.Job.JobID, done, total)
		return s.note(r.Job.JobID, append(failed, refused...), func(r *record) { r.Lines = done })
	})
}

func (s *Service) note(id string, failed []wire.BulkError, fn func(*record)) error {
	_, err := s.change(id, func(tx *bbolt.Tx, r *record) error {
		if r.ended() {
			return errCancelled
		}
		fn(r)
		return store.Abort(addErrors(tx, id, failed))
	})
	return err
}

// readItems parses lines, the first of which has the number first, from 0 on.
func readItems(first int64, lines [][]byte) (items []wire.BulkItem, failed []wire.BulkError) {
	for i, line := range lines {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var item wire.BulkItem
		if err := json.Unmarshal(line, &item); err != nil || item.ID == "" {
			failed = append(failed, badLine(first+int64(i), item.ID))
			continue
		}
		items = append(items, item)
	}
	return items, failed
}

// badLine repeats nothing of the line, which may have a key in it.
func badLine(number int64, id string) wire.BulkError {
	return wire.BulkError{
		DeviceID: id, ErrorCode: "DeserializationError",
		ErrorStatus: fmt.Sprintf("Line %d is not a JSON document of an identity with an id.", number+1),
	}
}

// countLines reads the blob once, to tell how far an import has come.
func countLines(ctx context.Context, from container, blob string) (n int64, err error) {
	err = eachBatch(ctx, from, blob, 0, func(_ int64, lines [][]byte) error { n += int64(len(lines)); return nil })
	return n, err
}

// eachBatch visits the lines of a blob from the one with the number skip on.
func eachBatch(ctx context.Context, from container, blob string, skip int64, visit func(first int64, lines [][]byte) error) error {
	body, err := from.Read(ctx, blob)
	if err != nil {
		return missing(blob, err)
	}
	defer func() { _ = body.Close() }()
	lines := bufio.NewScanner(withoutMark(body))
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	var batch [][]byte
	number := int64(0)
	for ; lines.Scan(); number++ {
		if number < skip {
			continue
		}
		batch = append(batch, bytes.Clone(lines.Bytes()))
		if len(batch) < importBatch {
			continue
		}
		if err := visit(number+1-int64(len(batch)), batch); err != nil {
			return err
		}
		batch = nil
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("line %d has more than %d bytes", number+1, maxLine)
		}
		return missing(blob, err)
	}
	if len(batch) == 0 {
		return nil
	}
	return visit(number-int64(len(batch)), batch)
}

// withoutMark skips the byte order mark that some programs begin a text with.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	return b
}

// reportErrors writes the error file, if there is anything to be in it.
func (s *Service) reportErrors(ctx context.Context, id string, to container) error {
	empty := true
	err := s.db.View(func(tx *bbolt.Tx) error {
		return errorLines(tx, id, func([]byte) error { empty = false; return errStop })
	})
	if err != nil && !errors.Is(err, errStop) || empty {
		return err
	}
	return s.fill(ctx, to, errorsBlob, func(e *json.Encoder) error {
		return s.db.View(func(tx *bbolt.Tx) error {
			return errorLines(tx, id, func(line []byte) error { return e.Encode(json.RawMessage(line)) })
		})
	})
}

var errStop = errors.New("that is enough")

// importConfigurations does the lines of configurations one by one; a hub has a
// hundred at most.
func (s *Service) importConfigurations(ctx context.Context, r *record, from container) error {
	var failed []wire.BulkError
	err := eachBatch(ctx, from, orDefault(r.Job.ConfigurationsBlobName, configurationsBlob), 0, func(first int64, lines [][]byte) error {
		for i, line := range lines {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			id, err := s.importConfiguration(ctx, line)
			var refused *core.Error
			switch {
			case errors.As(err, &refused):
				failed = append(failed, wire.BulkError{
					DeviceID: id, ErrorCode: wire.CodeName(refused.Name), Operation: "configuration",
					ErrorStatus: fmt.Sprintf("Line %d of the configurations: %s", first+int64(i)+1, refused.Message),
				})
			case err != nil:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.note(r.Job.JobID, failed, func(r *record) { r.Configured = true })
}
