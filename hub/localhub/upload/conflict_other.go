//go:build !unix

package upload

import (
	"errors"
	"io/fs"
	"syscall"
)

func isShapeConflict(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist)
}
