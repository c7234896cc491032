package core

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// stateFormat is that of a new hub's records. What an older state lacks is added
// when it is opened; a newer one is refused.
//
//	1  devices, twins, activity, policies
//	2  modules, queues
const stateFormat = 2

// upgrade adds what a state of an older format lacks.
func (h *Hub) upgrade() error {
	var s settings
	err := h.db.View(func(tx *bbolt.Tx) error { return readSettings(tx, &s) })
	switch {
	case err != nil:
		return err
	case s.Format > stateFormat:
		return fmt.Errorf("the state is of format %d, this version of hubscope knows %d: use the newer version, or choose another state folder", s.Format, stateFormat)
	case s.Format == stateFormat:
		return nil
	}
	s.Format = stateFormat
	return h.db.Update(context.Background(), func(tx *bbolt.Tx) error {
		return store.Abort(errors.Join(makeFormat2(tx), putJSON(tx.Bucket(hubBucket), keySettings, s)))
	})
}

func makeFormat2(tx *bbolt.Tx) error {
	_, err := tx.CreateBucket(modulesBucket)
	return errors.Join(err, makeQueues(tx))
}

func readSettings(tx *bbolt.Tx, s *settings) error {
	if err := unsealJSON(tx.Bucket(hubBucket).Get(keySettings), s); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if s.Format == 0 { // not written by the first version
		s.Format = 1
	}
	return nil
}
