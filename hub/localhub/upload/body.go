package upload

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
	"net/http"
	"time"
)

// errBody says that a body did not come as its client announced.
var errBody = errors.New("the body broke off")

// crcTable is of the polynomial of Azure Storage's x-ms-content-crc64.
var crcTable = crc64.MakeTable(0x9a6c9329ac4bc9b5)

// body is the announced body of a request: at most limit bytes, never idle for
// longer than the stall time-out, and compared with its checksums at the end.
type body struct {
	from   io.Reader
	conn   *http.ResponseController
	stall  time.Duration
	length int64
	md5    sum
	crc    sum
}

// sum is a checksum that the client sent, if it did.
type sum struct {
	hash.Hash
	want []byte // nil: none
}

func (s *Blobs) body(w http.ResponseWriter, r *http.Request, limit int64) (*body, error) {
	switch {
	case r.ContentLength < 0:
		return nil, refuse(http.StatusLengthRequired, "MissingContentLengthHeader", "Content-Length header is missing.")
	case r.ContentLength > limit:
		return nil, refuse(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The request body has %d bytes, at most %d are taken.", r.ContentLength, limit)
	}
	b := &body{
		from: http.MaxBytesReader(w, r.Body, limit), conn: http.NewResponseController(w),
		stall: s.o.StallTimeout, length: r.ContentLength,
		md5: sum{Hash: md5.New()}, crc: sum{Hash: crc64.New(crcTable)},
	}
	err := errors.Join(b.md5.expect(r, "Content-MD5"), b.crc.expect(r, "x-ms-content-crc64"))
	return b, err
}

func (s *sum) expect(r *http.Request, header string) error {
	text := r.Header.Get(header)
	if text == "" {
		return nil
	}
	want, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(want) != s.Size() {
		return refuse(http.StatusBadRequest, "InvalidHeaderValue", "The value of the header %s is not in the correct format.", header)
	}
	s.want = want
	return nil
}

// copyTo writes the body to the end of f and makes it durable.
func (b *body) copyTo(f file) error {
	n, err := io.Copy(io.MultiWriter(f, b.md5, b.crc), b)
	switch {
	case err != nil:
		return err
	case n != b.length:
		return errBody
	case b.md5.want != nil && !bytes.Equal(b.md5.want, b.md5.Sum(nil)):
		return refuse(http.StatusBadRequest, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.")
	case b.crc.want != nil && !bytes.Equal(b.crc.want, littleEndian(b.crc.Sum(nil))):
		return refuse(http.StatusBadRequest, "Crc64Mismatch", "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.")
	}
	return f.Sync()
}

func littleEndian(sum []byte) []byte {
	return binary.LittleEndian.AppendUint64(nil, binary.BigEndian.Uint64(sum))
}

// Read moves the deadline on, so that only a client that stands still is cut off.
func (b *body) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(b.stall))
	n, err := b.from.Read(p)
	var tooLarge *http.MaxBytesError
	if err == nil || errors.Is(err, io.EOF) || errors.As(err, &tooLarge) {
		return n, err
	}
	return n, fmt.Errorf("%w: %w", errBody, err)
}

// file is what a body is written to.
type file interface {
	io.Writer
	Sync() error
}
