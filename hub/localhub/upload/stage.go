package upload

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

// stages is the folder of blocks that no list has named yet: stages/{hash of the
// blob}/{hash of the block's id}. No file of a device has a name like it, for a
// dot at its start is escaped.
const stages = ".staging"

// partial ends the name of a file that is being written.
const partial = ".partial"

const maxBlocks = 50_000 // of a blob ("Put Block List", remarks)

// stage is what waits for one blob's list. It is made of what is on the disk
// when it is first asked for.
type stage struct {
	folder string

	mu     sync.Mutex
	sizes  map[string]int64 // by file name; nil: not read yet
	total  int64
	gone   bool // the folder was removed: ask for a new stage
	active int  // requests that write into it
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// stage gives the stage of a blob, locked.
func (s *Blobs) stage(blob string) (*stage, error) {
	folder := filepath.Join(stages, digest(blob))
	for {
		s.mu.Lock()
		st := s.staged[folder]
		if st == nil {
			st = &stage{folder: folder}
			s.staged[folder] = st
		}
		s.mu.Unlock()
		st.mu.Lock()
		if st.gone {
			st.mu.Unlock()
			continue
		}
		if err := s.readStage(st); err != nil {
			st.mu.Unlock()
			return nil, err
		}
		return st, nil
	}
}

func (s *Blobs) readStage(st *stage) error {
	if st.sizes != nil {
		return nil
	}
	if err := s.root.MkdirAll(st.folder, 0o700); err != nil {
		return err
	}
	st.sizes, st.total = make(map[string]int64), 0
	entries, err := fs.ReadDir(s.root.FS(), filepath.ToSlash(st.folder))
	if err != nil {
		st.sizes = nil
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || filepath.Ext(entry.Name()) == partial {
			continue
		}
		st.sizes[entry.Name()] = info.Size()
		st.total += info.Size()
	}
	return nil
}

// remove forgets the stage and what lies in it. The stage is locked.
func (s *Blobs) remove(st *stage) error {
	st.gone = true
	s.mu.Lock()
	delete(s.staged, st.folder)
	s.mu.Unlock()
	return s.root.RemoveAll(st.folder)
}

// dropStage removes a blob's blocks that wait.
func (s *Blobs) dropStage(blob string) {
	st, err := s.stage(blob)
	if err != nil {
		s.o.Logger.Warn("read the blocks of a blob", "blob", blob, "error", err)
		return
	}
	defer st.mu.Unlock()
	if st.active > 0 {
		return
	}
	if err := s.remove(st); err != nil {
		s.o.Logger.Warn("remove the blocks of a blob", "blob", blob, "error", err)
	}
}

// sweep removes what has been waiting for longer than any URL is good.
func (s *Blobs) sweep() {
	entries, err := fs.ReadDir(s.root.FS(), stages)
	if err != nil {
		return // nothing was ever staged
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || s.now().Sub(info.ModTime()) < s.o.TTL+time.Minute {
			continue
		}
		path := filepath.Join(stages, entry.Name())
		s.mu.Lock()
		st := s.staged[path]
		s.mu.Unlock()
		if st == nil {
			st = &stage{folder: path}
		}
		st.mu.Lock()
		if st.active == 0 && !st.gone {
			if err := s.remove(st); err != nil {
				s.o.Logger.Warn("remove blocks that nobody asked for", "error", err)
			}
		}
		st.mu.Unlock()
	}
}
