package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	if InUse(path) {
		t.Error("a file that is not there is in use")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("looking made the file")
	}
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !InUse(path) {
		t.Error("an open file is not in use")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if InUse(path) {
		t.Error("a closed file is in use")
	}
	if InUse(writeFile(t, strings.Repeat("no database ", 10_000))) {
		t.Error("a damaged file that nobody has is in use")
	}
}
