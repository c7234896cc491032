package frame

import (
	"encoding/binary"
	"io"
)

// The protocol ids of a protocol header (protocol 8.1).
const (
	ProtocolAMQP = 0
	ProtocolTLS  = 2
	ProtocolSASL = 3
)

// Header returns the 8 bytes that open a protocol.
func Header(protocol byte) []byte {
	return []byte{'A', 'M', 'Q', 'P', protocol, 1, 0, 0}
}

// firstBuffer is what a new connection costs before it has said anything.
const firstBuffer = 512

// Reader cuts a byte stream into frames. Its buffer grows with the bytes that
// have come, never by the size that a frame claims to have.
type Reader struct {
	src        io.Reader
	buf        []byte
	start, end int
	max        int
}

// NewReader reads frames of at most maxFrame bytes from src.
func NewReader(src io.Reader, maxFrame int) *Reader {
	return &Reader{src: src, max: maxFrame}
}

// Protocol reads a protocol header and returns its protocol id. The first byte
// that is wrong ends it: who speaks something else may wait for an answer before
// it sends eight.
func (r *Reader) Protocol() (byte, error) {
	const id = 4
	want := Header(0)
	for n := 1; n <= len(want); n++ {
		b, err := r.need(n)
		if err != nil {
			return 0, err
		}
		if at := n - 1; at != id && b[at] != want[at] {
			return 0, malformed("protocol header %x", b[:n])
		}
	}
	protocol := r.buf[r.start+id]
	r.start += len(want)
	return protocol, nil
}

// Size is how many bytes the buffer takes.
func (r *Reader) Size() int { return len(r.buf) }

// Next returns the next frame. Its Body is valid until the next call.
// io.EOF means that the peer ended between two frames.
func (r *Reader) Next() (Frame, error) {
	head, err := r.need(HeaderSize)
	if err != nil {
		return Frame{}, err
	}
	size := int64(binary.BigEndian.Uint32(head))
	offset := int64(head[4]) * 4
	if size > int64(r.max) {
		return Frame{}, malformed("frame of %d bytes, %d allowed", size, r.max)
	}
	if offset < HeaderSize || offset > size {
		return Frame{}, malformed("frame of %d bytes with its body at %d", size, offset)
	}
	b, err := r.need(int(size))
	if err != nil {
		return Frame{}, unexpected(err)
	}
	r.start += int(size)
	return Frame{
		Kind:    b[5],
		Channel: binary.BigEndian.Uint16(b[6:]),
		Body:    b[offset:size],
	}, nil
}

// need returns the next bytes, n or more, without consuming them.
func (r *Reader) need(n int) ([]byte, error) {
	for r.end-r.start < n {
		if err := r.fill(); err != nil {
			if r.end > r.start {
				err = unexpected(err)
			}
			return nil, err
		}
	}
	return r.buf[r.start:r.end], nil
}

func (r *Reader) fill() error {
	r.makeRoom()
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// makeRoom moves what is unread to the front, and doubles a buffer that is
// full of unread bytes.
func (r *Reader) makeRoom() {
	if r.start == r.end {
		r.start, r.end = 0, 0
	}
	if r.end < len(r.buf) {
		return
	}
	if r.start > 0 {
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.start = 0
		return
	}
	larger := make([]byte, max(firstBuffer, 2*len(r.buf)))
	r.end = copy(larger, r.buf[:r.end])
	r.buf = larger
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
