//go:build !unix || aix || solaris || illumos || android

package store

import "os"

// abandon gives up a file that bbolt can not close any more.
func abandon(file *os.File) error {
	if file == nil {
		return nil
	}
	return ignoreClosed(file.Close())
}
