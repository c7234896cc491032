//go:build unix && !aix && !solaris && !illumos && !android

package store

import (
	"errors"
	"os"
	"syscall"
)

// abandon gives up a file that bbolt can not close any more. Its memory map
// would keep the lock alive after the file is closed.
func abandon(file *os.File) error {
	if file == nil {
		return nil
	}
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
	if errors.Is(err, syscall.EBADF) { // closed already
		err = nil
	}
	return errors.Join(err, ignoreClosed(file.Close()))
}
