package eventlog

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

func TestDamagedBlockIsReported(t *testing.T) {
	f := open(t, Options{TailBytes: 1})
	f.add(0, numbers(0, 3)...)
	err := f.db.Update(t.Context(), func(tx *bbolt.Tx) error {
		b := tx.Bucket(eventsBucket).Bucket(bucketName(0))
		value := append([]byte(nil), b.Get(sequenceKey(1))...)
		value[len(value)-1] ^= 1
		return store.Abort(b.Put(sequenceKey(1), value))
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.OpenReader(0, Position{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(t.Context(), 3); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error = %v, want ErrDamaged", err)
	}
}

func FuzzReadBlock(f *testing.F) {
	records := []Record{{Sequence: 7, Offset: "100", Enqueued: time.UnixMilli(5), Payload: []byte("payload")}}
	f.Add(encodeBlock(nil, records, 0)[sealedBytes:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		value := store.Seal(data)
		key := binary.BigEndian.AppendUint64(nil, 7)
		records, err := readBlock(key, value, 0, nil)
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Errorf("error = %v", err)
		}
		for i, r := range records {
			if r.Sequence != 7+int64(i) || len(r.Payload) > len(data) {
				t.Errorf("record %d = %+v", i, r)
			}
		}
	})
}
