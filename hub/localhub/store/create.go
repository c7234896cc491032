package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// ensureFile makes the state file when there is none. A new file appears under
// its name only when it is complete: a process killed meanwhile leaves none, so
// an empty file is always one that lost its content.
func ensureFile(path string, o Options) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createFile(path, o)
	case err != nil:
		return permission(path, err)
	case info.Mode().IsRegular() && info.Size() == 0:
		return damaged(path, errors.New("it is empty"))
	}
	return nil
}

func createFile(path string, o Options) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	draft, err := os.CreateTemp(dir, name+".new-*")
	if err != nil {
		return permission(path, err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	if err := draft.Close(); err != nil {
		return permission(path, err)
	}
	if err := writeEmptyState(draft.Name(), o); err != nil {
		return fmt.Errorf("make the state file %s: %w", path, err)
	}
	// Another process may have made the file meanwhile: then that one counts.
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		// Not every file system has hard links.
		if err := os.Rename(draft.Name(), path); err != nil {
			return permission(path, err)
		}
	}
	return syncDir(dir)
}

func writeEmptyState(path string, o Options) error {
	bolt, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: o.LockTimeout, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	return errors.Join(bolt.Update(writeFormat), bolt.Close())
}

func writeFormat(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucket(metaBucket)
	if err != nil {
		return err
	}
	if err := meta.Put(keyMagic, []byte(magic)); err != nil {
		return err
	}
	return meta.Put(keyVersion, Seal(binary.BigEndian.AppendUint32(nil, formatVersion)))
}

// syncDir makes the name of a new file as durable as its content. Systems that
// can not sync a folder (Windows) do not need it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return permission(dir, err)
	}
	_ = d.Sync()
	return d.Close()
}
