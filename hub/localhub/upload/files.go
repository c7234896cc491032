package upload

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// publish gives a complete, durable file its name. What had the name is
// replaced.
func (s *Blobs) publish(temporary, blob string) error {
	path := filePath(blob)
	dir := filepath.Dir(path)
	if err := s.root.MkdirAll(dir, 0o700); err != nil {
		return nameTaken(err)
	}
	if err := s.root.Rename(temporary, path); err != nil {
		return nameTaken(err)
	}
	// The folder and those that were made for it. Where folders can not be synced,
	// the rename is as durable as the system makes it.
	for ; ; dir = filepath.Dir(dir) {
		if f, err := s.root.Open(dir); err == nil {
			_ = f.Sync()
			_ = f.Close()
		}
		if dir == "." {
			return nil
		}
	}
}

// nameTaken explains that a file is where a folder is needed, or the other way
// round: unlike in Azure, "a" and "a/b" can not both be blobs here.
func nameTaken(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	if !errors.As(err, &path) && !errors.As(err, &link) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !isShapeConflict(err) {
		return err
	}
	return refuse(http.StatusConflict, "ResourceTypeMismatch", "A blob and a folder of the local hub's files can not have the same name.")
}

// exists tells whether there is a blob.
func (s *Blobs) exists(blob string) bool {
	info, err := s.root.Stat(filePath(blob))
	return err == nil && info.Mode().IsRegular()
}
