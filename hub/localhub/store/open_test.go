package store

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

func TestOpenReports(t *testing.T) {
	dir := t.TempDir()
	held := filepath.Join(dir, "held.db")
	db, err := Open(held, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	newer := writeState(t, func(tx *bbolt.Tx) error {
		return tx.Bucket(metaBucket).Put(keyVersion, Seal(binary.BigEndian.AppendUint32(nil, formatVersion+1)))
	})
	unsealed := writeState(t, func(tx *bbolt.Tx) error {
		return tx.Bucket(metaBucket).Put(keyVersion, []byte("\x00\x00\x00\x00\x00\x00\x00\x01"))
	})
	foreign := writeState(t, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("somebody else's"))
		return errors.Join(err, tx.DeleteBucket(metaBucket))
	})
	for _, c := range []struct {
		name, path string
		is         error
	}{
		{"held", held, ErrLocked},
		{"empty", writeFile(t, ""), ErrDamaged},
		{"text", writeFile(t, strings.Repeat("this is not a database\n", 10_000)), ErrDamaged},
		{"short", writeFile(t, "x"), ErrDamaged},
		{"newer", newer, ErrVersion},
		{"version record", unsealed, ErrDamaged},
		{"foreign", foreign, ErrDamaged},
		{"folder", dir, nil},
		{"folder is missing", filepath.Join(dir, "no", "hub.db"), os.ErrNotExist},
		{"below a file", filepath.Join(held, "hub.db"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, _ := os.ReadFile(c.path)
			db, err := Open(c.path, Options{})
			if err == nil {
				_ = db.Close()
				t.Fatal("it opened")
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("error = %v, want %v", err, c.is)
			}
			if !strings.Contains(err.Error(), c.path) {
				t.Errorf("the path is not in %q", err)
			}
			if after, _ := os.ReadFile(c.path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// writeState makes a good file and changes it behind the store's back.
func writeState(t *testing.T, change func(*bbolt.Tx) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(t.Context(), change), db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenWithoutPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := Open(filepath.Join(dir, "hub.db"), Options{})
	if !errors.Is(err, os.ErrPermission) {
		t.Errorf("error = %v", err)
	}
}
