package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// Whatever happens to the bytes of a file, it is said, or the values that were
// sealed are the right ones; and nothing panics.
func TestDamageIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	good := fillFile(t, path)
	noticed := 0
	for i, damage := range damages(good) {
		if err := os.WriteFile(path, damage, 0o600); err != nil {
			t.Fatal(err)
		}
		err := checkFile(path)
		switch {
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrVersion):
			noticed++
		case err != nil:
			t.Errorf("damage %d: %v", i, err)
		}
	}
	if noticed == 0 {
		t.Error("no damage was noticed at all")
	}
}

const filled = 500

func fillFile(t *testing.T, path string) []byte {
	t.Helper()
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket(bucket)
		for i := range filled {
			err = errors.Join(err, b.Put(binary.BigEndian.AppendUint32(nil, uint32(i)), Seal(value(i))))
		}
		return Abort(err)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return good
}

func value(i int) []byte { return []byte(strings.Repeat(fmt.Sprintf("value %d ", i), 10)) }

// damages are files cut at many places, and with pages overwritten by zeros, by
// ones, or by another page.
func damages(good []byte) [][]byte {
	const page = 4096
	var all [][]byte
	for at := page / 2; at < len(good); at += page {
		all = append(all, good[:at])
		for _, fill := range []byte{0, 0xff} {
			bad := append([]byte(nil), good...)
			for i := at; i < min(at+page, len(bad)); i++ {
				bad[i] = fill
			}
			all = append(all, bad)
		}
		if start := at - page/2; start+2*page <= len(good) {
			bad := append([]byte(nil), good...)
			copy(bad[start:start+page], good[start+page:start+2*page])
			all = append(all, bad)
		}
	}
	return all
}

// checkFile opens a file, reads all and writes something.
func checkFile(path string) error {
	db, err := Open(path, Options{})
	if err != nil {
		return err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		if b == nil {
			return fmt.Errorf("%w: no bucket", ErrDamaged)
		}
		n := 0
		err := b.ForEach(func(key, sealed []byte) error {
			data, err := Unseal(sealed)
			if err == nil && string(data) != string(value(int(binary.BigEndian.Uint32(key)))) {
				return errors.New("a wrong value passed for a right one")
			}
			n++
			return err
		})
		if err == nil && n != filled {
			return fmt.Errorf("%w: %d values", ErrDamaged, n)
		}
		return err
	})
	writing := db.Update(context.Background(), func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucket)
		if err != nil {
			return err
		}
		return b.Put([]byte("new"), make([]byte, 8000))
	})
	return errors.Join(err, writing, db.Close())
}

func TestSeal(t *testing.T) {
	for _, data := range [][]byte{nil, {}, {1}, []byte("some data")} {
		sealed := Seal(data)
		got, err := Unseal(sealed)
		if err != nil || string(got) != string(data) {
			t.Errorf("Unseal(Seal(%q)) = %q, %v", data, got, err)
		}
		inPlace := append(make([]byte, 4), data...)
		SealInPlace(inPlace)
		if string(inPlace) != string(sealed) {
			t.Errorf("SealInPlace = %x, Seal = %x", inPlace, sealed)
		}
		for i := range sealed {
			sealed[i] ^= 0x10
			if _, err := Unseal(sealed); !errors.Is(err, ErrDamaged) {
				t.Errorf("byte %d of %x changed: %v", i, sealed, err)
			}
			sealed[i] ^= 0x10
		}
	}
}
