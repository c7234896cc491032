package upload

import (
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"
)

// room bounds what all files of a folder take together. Bodies are counted before
// they are written, so that many at a time can not pass the bound together; what
// was replaced or removed since is found by counting the files anew, when the bound
// seems to be reached.
type room struct {
	limit int64

	mu      sync.Mutex
	used    int64     // at most; as of counted, and what was written since
	pending int64     // announced bodies that are being written
	counted time.Time // zero: never
}

// recount is the least time between two counts: a client that goes on asking a full
// hub shall not have it walk all files each time.
const recount = 2 * time.Second

// take makes room for n bytes, until done is called.
func (s *Blobs) take(n int64) (done func(), err error) {
	r := &s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := s.now(); r.counted.IsZero() || r.used+r.pending+n > r.limit && now.Sub(r.counted) >= recount {
		if r.used, err = s.size(); err != nil {
			return nil, err
		}
		r.counted = now
	}
	if r.used+r.pending+n > r.limit {
		return nil, refuse(http.StatusInsufficientStorage, "InsufficientStorage", "The files of the local hub may have %d bytes together: delete some of them, or start the hub with a larger --upload-bytes.", r.limit)
	}
	r.pending += n
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.pending -= n
		r.used += n
	}, nil
}

// size is what all files have that are not being written, in bytes.
func (s *Blobs) size() (total int64, err error) {
	err = fs.WalkDir(s.root.FS(), ".", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(entry.Name(), partial) {
			return nil // removed meanwhile, or none of ours
		}
		if info, err := entry.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total, err
}
