package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"
)

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Of a file that is too large to be looked through first, damage of the roots is
// noticed before it is opened, and any other while it is in use.
func TestLargeFileIsLookedThroughLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	good := fillFile(t, path)
	const page = 4096
	atOpen, later := 0, 0
	for at := 2 * page; at+page <= len(good); at += page {
		bad := bytes.Clone(good)
		clear(bad[at : at+page])
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		log := new(lines)
		db, err := Open(path, Options{atOnce: 1, Logger: slog.New(slog.NewTextHandler(log, nil))})
		if errors.Is(err, ErrDamaged) {
			atOpen++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		db.checking.Wait()
		if strings.Contains(log.String(), "the state file is damaged") {
			later++
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if atOpen < 2 || later < 5 { // the roots and the list of free pages; the leaves
		t.Errorf("%d pages were missed at the opening, %d later, of %d", atOpen, later, len(good)/page-2)
	}
}

// The file is looked through as it was when it was opened, however much is written
// meanwhile; a whole file has no complaint, and Close does not wait for the end.
func TestWritesWhileItIsLookedThrough(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	fillFile(t, path)
	for round := range 20 {
		log := new(lines)
		db, err := Open(path, Options{atOnce: 1, NoSync: true, Logger: slog.New(slog.NewTextHandler(log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			err := db.Update(t.Context(), func(tx *bbolt.Tx) error {
				return tx.Bucket(bucket).Put(binary.BigEndian.AppendUint32(nil, uint32(i*7%filled)), Seal([]byte(strings.Repeat("x", 100*round))))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if round%2 == 0 {
			db.checking.Wait()
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if log.String() != "" {
			t.Fatalf("round %d: %s", round, log)
		}
	}
}
