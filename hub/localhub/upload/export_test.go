package upload

import (
	"net/url"
	"path/filepath"
)

// ReadList is readList.
var ReadList = readList

// PathOf is where a blob lies, if it may have the name.
func PathOf(blob string) (string, bool) {
	if checkName(blob) != nil {
		return "", false
	}
	return filePath(blob), true
}

// NameOf turns a path back into the name.
func NameOf(path string) string {
	name, _ := url.PathUnescape(filepath.ToSlash(path))
	return name
}
