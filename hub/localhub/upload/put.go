package upload

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// maxWhole bounds Put Blob: what clients of the older versions are told
// ("Put Blob", remarks). More comes in blocks.
const maxWhole = 256 << 20

// putBlob takes a whole file.
func (s *Blobs) putBlob(w http.ResponseWriter, r *http.Request, blob string) error {
	switch kind := r.Header.Get("x-ms-blob-type"); {
	case kind == "":
		return refuse(http.StatusBadRequest, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified: x-ms-blob-type.")
	case strings.EqualFold(kind, typeAppend):
		return s.createAppend(w, r, blob)
	case !strings.EqualFold(kind, typeBlock):
		return refuse(http.StatusBadRequest, "InvalidHeaderValue", "The local hub takes blobs of the types BlockBlob and AppendBlob only.")
	}
	if err := s.checkConditions(r, blob); err != nil {
		return err
	}
	b, err := s.body(w, r, min(maxWhole, s.o.MaxBlob))
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
	if err := s.publish(temporary, blob); err != nil {
		_ = s.root.Remove(temporary)
		return err
	}
	s.forgetAppend(blob)
	s.dropStage(blob) // as in Azure: a new blob has no blocks that wait
	return s.created(w, blob)
}

// write makes a file with what fill writes, and leaves none behind that is not
// complete.
func (s *Blobs) write(path string, fill func(file) error) error {
	if err := s.root.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := s.root.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = fill(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = s.root.Remove(path)
	}
	return err
}

// checkConditions knows those that the storage clients send to not overwrite a
// blob by accident.
func (s *Blobs) checkConditions(r *http.Request, blob string) error {
	switch {
	case r.Header.Get("If-None-Match") == "*" && s.exists(blob):
		return refuse(http.StatusConflict, "BlobAlreadyExists", "The specified blob already exists.")
	case r.Header.Get("If-Match") == "" || r.Header.Get("If-Match") == "*" && s.exists(blob):
		return nil
	}
	if info, err := s.root.Stat(filePath(blob)); err != nil || etag(info) != r.Header.Get("If-Match") {
		return refuse(http.StatusPreconditionFailed, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
	}
	return nil
}

// created is the answer to a blob that was written.
func (s *Blobs) created(w http.ResponseWriter, blob string) error {
	info, err := s.root.Stat(filePath(blob))
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(info))
	w.Header().Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
	w.Header().Set("x-ms-request-server-encrypted", "false")
	w.WriteHeader(http.StatusCreated)
	return nil
}

func etag(info os.FileInfo) string { return fmt.Sprintf(`"0x%X"`, info.ModTime().UnixNano()) }

// getBlob reads a file back: a device may check what it has sent.
func (s *Blobs) getBlob(w http.ResponseWriter, r *http.Request, blob string) error {
	if !s.exists(blob) {
		return refuse(http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
	}
	f, err := s.root.Open(filePath(blob))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("ETag", etag(info))
	h.Set("x-ms-blob-type", s.typeOf(blob))
	if wanted := r.Header.Get("x-ms-range"); wanted != "" { // what the SDKs send, and what counts when both are there
		r.Header.Set("Range", wanted)
	}
	// Never what the bytes look like: nobody shall have a browser run them.
	h.Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", info.ModTime().Truncate(time.Second), f)
	return nil
}
