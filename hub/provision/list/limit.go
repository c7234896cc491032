package list

import (
	"bufio"
	"errors"
	"io"
)

// maxRecord bounds one entry in a file: a twin's tags and desired properties, escaped, with room for the rest.
const maxRecord = 256 << 10

var errTooLong = errors.New("an entry is longer than 256 KB: a quotation mark may not be closed")

// limited fails when more than maxRecord bytes are read without a call of next.
type limited struct {
	r    io.Reader
	left int
}

func (l *limited) next() { l.left = maxRecord }

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLong
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// unmarked skips the mark that some programs put at the begin of a text in UTF-8.
func unmarked(r io.Reader) *bufio.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	return b
}
