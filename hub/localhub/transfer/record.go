package transfer

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

var (
	bucket       = []byte("transfers")        // job id -> record
	errorsBucket = []byte("transfers.errors") // job id, zero byte, number -> line of importErrors.log
)

const codeJobNotFound = 404002

// record is a job as it is stored. Its document has URIs without tokens.
type record struct {
	Job wire.TransferJob `json:"j"`
	// Input and Output are the container URIs with their tokens, until the job ends.
	Input  string `json:"i,omitempty"`
	Output string `json:"o,omitempty"`
	// Lines is how many lines of the devices are done.
	Lines int64 `json:"n,omitempty"`
	// Configured says that the configurations are done.
	Configured bool `json:"c,omitempty"`
}

func (r *record) ended() bool { return r.Job.EndTimeUTC != nil }

func readRecord(tx *bbolt.Tx, id string) (r record, err error) {
	var value []byte
	if id != "" { // a key that bbolt does not take
		value = tx.Bucket(bucket).Get([]byte(id))
	}
	if value == nil {
		return r, core.NewError(codeJobNotFound, "There is no job with ID '%s'.", id)
	}
	return r, unseal(value, &r)
}

func unseal(value []byte, v any) error {
	text, err := store.Unseal(value)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("%w: an import or export job: %w", store.ErrDamaged, err)
	}
	return nil
}

func (r record) put(tx *bbolt.Tx) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode a job: %w", err)
	}
	return tx.Bucket(bucket).Put([]byte(r.Job.JobID), store.Seal(text))
}

// change writes what fn makes of a job. Fn must not fail after a write.
func (s *Service) change(id string, fn func(tx *bbolt.Tx, r *record) error) (r record, err error) {
	err = s.db.Update(s.ctx, func(tx *bbolt.Tx) error {
		if r, err = readRecord(tx, id); err != nil {
			return err
		}
		if err := fn(tx, &r); err != nil {
			return err
		}
		return store.Abort(r.put(tx))
	})
	return r, err
}

// openJob is the job that has not ended, "" when there is none.
func openJob(tx *bbolt.Tx) (id string, err error) {
	err = each(tx, func(r record) {
		if !r.ended() {
			id = r.Job.JobID
		}
	})
	return id, err
}

func each(tx *bbolt.Tx, visit func(record)) error {
	return tx.Bucket(bucket).ForEach(func(_, value []byte) error {
		var r record
		if err := unseal(value, &r); err != nil {
			return err
		}
		visit(r)
		return nil
	})
}

// addErrors notes lines of the error file.
func addErrors(tx *bbolt.Tx, id string, lines []wire.BulkError) error {
	b := tx.Bucket(errorsBucket)
	for _, line := range lines {
		number, err := b.NextSequence()
		if err != nil {
			return err
		}
		text, err := json.Marshal(line)
		if err != nil {
			return err
		}
		if err := b.Put(binary.BigEndian.AppendUint64([]byte(id+"\x00"), number), store.Seal(text)); err != nil {
			return err
		}
	}
	return nil
}

// errorLines visits the lines of the error file in their order.
func errorLines(tx *bbolt.Tx, id string, visit func(line []byte) error) error {
	prefix := []byte(id + "\x00")
	c := tx.Bucket(errorsBucket).Cursor()
	for key, value := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = c.Next() {
		line, err := store.Unseal(value)
		if err != nil {
			return err
		}
		if err := visit(line); err != nil {
			return err
		}
	}
	return nil
}

func dropErrors(tx *bbolt.Tx, id string) error {
	prefix := []byte(id + "\x00")
	c := tx.Bucket(errorsBucket).Cursor()
	for key, _ := c.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = c.Seek(prefix) {
		if err := c.Delete(); err != nil {
			return err
		}
	}
	return nil
}
