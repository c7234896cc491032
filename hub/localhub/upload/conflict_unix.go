//go:build unix

package upload

import (
	"errors"
	"syscall"
)

func isShapeConflict(err error) bool {
	for _, shape := range []error{syscall.ENOTDIR, syscall.EISDIR, syscall.EEXIST, syscall.ENOTEMPTY} {
		if errors.Is(err, shape) {
			return true
		}
	}
	return false
}
