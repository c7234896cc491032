package query

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Batch is a page of an answer; Next asks for the next one, "" on the last.
type Batch struct {
	Items []json.RawMessage
	Next  string
}

// Export writes all rows of an answer to a file: those that are here, and then what More reads.
type Export struct {
	Items []json.RawMessage
	Next  string
	More  func(ctx context.Context, token string) (Batch, error)
}

// Write writes a row of JSON on each line, and says how many. The file is there when all are in it, or not at all;
// one that is there already gives fs.ErrExist unless over is true. It ends with ctx.
func (x Export) Write(ctx context.Context, path string, over bool) (n int, err error) {
	if _, err := os.Lstat(path); err == nil && !over {
		return 0, &os.PathError{Op: "write", Path: path, Err: fs.ErrExist}
	}
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(part.Name()) }() // it is gone when all went well
	n, err = x.lines(ctx, part)
	if err == nil {
		err = part.Sync()
	}
	if closing := part.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return 0, err
	}
	return n, os.Rename(part.Name(), path)
}

func (x Export) lines(ctx context.Context, to *os.File) (n int, err error) {
	w := bufio.NewWriter(to)
	for b := (Batch{x.Items, x.Next}); ; {
		for _, item := range b.Items {
			var line bytes.Buffer
			if err := json.Compact(&line, item); err != nil {
				return n, fmt.Errorf("row %d is not JSON: %w", n+1, err)
			}
			line.WriteByte('\n')
			if _, err := w.Write(line.Bytes()); err != nil {
				return n, err
			}
			n++
		}
		if b.Next == "" {
			return n, w.Flush()
		}
		if b, err = x.More(ctx, b.Next); err != nil {
			return n, err
		}
	}
}
