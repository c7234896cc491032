package upload

import (
	"encoding/base64"
	"net/http"
	"path/filepath"

	"github.com/google/uuid"
)

const (
	maxBlock   = 100 << 20 // bytes, as of version 2016-05-31 of the service
	maxBlockID = 64        // bytes before base64
)

// putBlock takes one block and keeps it until a list names it. Blocks come in any
// order and several at a time.
func (s *Blobs) putBlock(w http.ResponseWriter, r *http.Request, blob string) error {
	name, err := blockFile(r.URL.Query().Get("blockid"))
	if err != nil {
		return err
	}
	b, err := s.body(w, r, min(maxBlock, s.o.MaxBlob))
	if err != nil {
		return err
	}
	done, err := s.take(b.length)
	if err != nil {
		return err
	}
	defer done()
	st, err := s.reserve(blob, name, b.length)
	if err != nil {
		return err
	}
	temporary := filepath.Join(st.folder, name+"."+uuid.NewString()+partial)
	err = s.write(temporary, b.copyTo)
	if err == nil {
		err = s.root.Rename(temporary, filepath.Join(st.folder, name))
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.active--
	if err != nil {
		st.total -= b.length
		return err
	}
	st.total -= st.sizes[name] // of a block that was sent again
	st.sizes[name] = b.length
	w.WriteHeader(http.StatusCreated)
	return nil
}

// reserve counts a block before it is there, so that many at a time can not pass the
// limit together.
func (s *Blobs) reserve(blob, name string, length int64) (*stage, error) {
	st, err := s.stage(blob)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	switch _, again := st.sizes[name]; {
	case !again && len(st.sizes)+st.active >= maxBlocks:
		return nil, refuse(http.StatusConflict, "BlockCountExceedsLimit", "The uncommitted block count cannot exceed the maximum limit of %d blocks.", maxBlocks)
	case st.total+length > s.o.MaxBlob:
		return nil, refuse(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The blocks have more than %d bytes together, which is what a file may have here.", s.o.MaxBlob)
	}
	st.total += length
	st.active++
	return st, nil
}

// blockFile is the name of a block's file, made from its id.
func blockFile(id string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(id)
	if err != nil || len(raw) == 0 || len(raw) > maxBlockID {
		return "", refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "The query parameter blockid must be base64 of 1 to %d bytes.", maxBlockID)
	}
	return digest(string(raw)), nil
}
