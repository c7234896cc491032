package upload

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"github.com/google/uuid"
)

// The types of blobs that there are here.
const (
	typeBlock  = "BlockBlob"
	typeAppend = "AppendBlob"
)

// appends is the folder of marks: a file that is named by the hash of a blob makes
// that an append blob, and holds the number of its blocks.
const appends = ".append"

const maxAppend = 100 << 20 // bytes of a block, as of version 2022-11-02 of the service

func appendMark(blob string) string { return filepath.Join(appends, digest(blob)) }

func (s *Blobs) typeOf(blob string) string {
	if _, err := s.root.Stat(appendMark(blob)); err == nil {
		return typeAppend
	}
	return typeBlock
}

// forgetAppend is for a blob that is now of the other type, or gone.
func (s *Blobs) forgetAppend(blob string) { _ = s.root.Remove(appendMark(blob)) }

// createAppend makes an empty append blob ("Put Blob").
func (s *Blobs) createAppend(w http.ResponseWriter, r *http.Request, blob string) error {
	if err := s.checkConditions(r, blob); err != nil {
		return err
	}
	b, err := s.body(w, r, 0)
	if err != nil {
		return err
	}
	s.appending.Lock()
	defer s.appending.Unlock()
	if err := s.mark(blob, 0); err != nil {
		return err
	}
	temporary := filepath.Join(stages, uuid.NewString()+partial)
	if err := s.write(temporary, b.copyTo); err != nil {
		return err
	}
	if err := s.publish(temporary, blob); err != nil {
		s.forgetAppend(blob)
		return errors.Join(err, s.root.Remove(temporary))
	}
	return s.created(w, blob)
}

// mark notes how many blocks an append blob has.
func (s *Blobs) mark(blob string, blocks int) error {
	return s.write(appendMark(blob), func(f file) error {
		_, err := f.Write([]byte(strconv.Itoa(blocks)))
		return err
	})
}

// appendBlob adds a block to the end of an append blob: all of it or, when its
// body breaks off, nothing ("Append Block").
func (s *Blobs) appendBlob(w http.ResponseWriter, r *http.Request, blob string) error {
	b, err := s.body(w, r, min(maxAppend, s.o.MaxBlob))
	if err != nil {
		return err
	}
	done, err := s.take(b.length)
	if err != nil {
		return err
	}
	defer done()
	temporary := filepath.Join(stages, uuid.NewString()+partial)
	if err := s.write(temporary, b.copyTo); err != nil {
		return err
	}
	defer func() { _ = s.root.Remove(temporary) }()
	s.appending.Lock()
	defer s.appending.Unlock()
	blocks, at, err := s.appendable(r, blob, b.length)
	if err != nil {
		return err
	}
	if err := s.extend(blob, temporary, at); err != nil {
		return err
	}
	if err := s.mark(blob, blocks+1); err != nil {
		return err
	}
	w.Header().Set("x-ms-blob-append-offset", strconv.FormatInt(at, 10))
	w.Header().Set("x-ms-blob-committed-block-count", strconv.Itoa(blocks+1))
	return s.created(w, blob)
}

// appendable gives how many blocks a blob has and how long it is, when more may be
// added to it.
func (s *Blobs) appendable(r *http.Request, blob string, more int64) (blocks int, size int64, err error) {
	info, err := s.root.Stat(filePath(blob))
	if err != nil || !info.Mode().IsRegular() {
		return 0, 0, noBlob()
	}
	text, err := fs.ReadFile(s.root.FS(), filepath.ToSlash(appendMark(blob)))
	if err != nil {
		return 0, 0, refuse(http.StatusConflict, "InvalidBlobType", "The blob type is invalid for this operation.")
	}
	if err := s.checkConditions(r, blob); err != nil {
		return 0, 0, err
	}
	blocks, _ = strconv.Atoi(string(text))
	size = info.Size()
	condition := func(name string) (int64, bool) {
		n, err := strconv.ParseInt(r.Header.Get(name), 10, 64)
		return n, err == nil
	}
	if at, given := condition("x-ms-blob-condition-appendpos"); given && at != size {
		return 0, 0, refuse(http.StatusPreconditionFailed, "AppendPositionConditionNotMet", "The append position condition specified was not met.")
	}
	if most, given := condition("x-ms-blob-condition-maxsize"); given && size+more > most {
		return 0, 0, refuse(http.StatusPreconditionFailed, "MaxBlobSizeConditionNotMet", "The max blob size condition specified was not met.")
	}
	switch {
	case blocks >= maxBlocks:
		return 0, 0, refuse(http.StatusConflict, "BlockCountExceedsLimit", "The committed block count cannot exceed the maximum limit of %d blocks.", maxBlocks)
	case size+more > s.o.MaxBlob:
		return 0, 0, refuse(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The blob would have more than %d bytes, which is what a file may have here.", s.o.MaxBlob)
	}
	return blocks, size, nil
}

// extend copies a file to the end of another one, which ends where it did when
// that does not succeed.
func (s *Blobs) extend(blob, from string, at int64) error {
	f, err := s.root.OpenFile(filePath(blob), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	err = s.appendBlock(f, from)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		err = errors.Join(err, f.Truncate(at))
	}
	return errors.Join(err, f.Close())
}

// deleteBlob removes a blob ("Delete Blob").
func (s *Blobs) deleteBlob(w http.ResponseWriter, r *http.Request, blob string) error {
	if !s.exists(blob) {
		return noBlob()
	}
	if err := s.checkConditions(r, blob); err != nil {
		return err
	}
	s.appending.Lock()
	defer s.appending.Unlock()
	if err := s.root.Remove(filePath(blob)); err != nil {
		return err
	}
	s.forgetAppend(blob)
	s.pruneFolders(blob)
	w.Header().Set("x-ms-delete-type-permanent", "true")
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// pruneFolders removes folders that the blob was the last one in, but for the
// first: a blob may then have the name that a folder had.
func (s *Blobs) pruneFolders(blob string) {
	dir := filepath.Dir(filePath(blob))
	for filepath.Dir(dir) != "." && dir != "." && s.root.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
}

func noBlob() error {
	return refuse(http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
}
