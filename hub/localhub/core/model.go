package core

import (
	"context"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/store"
)

// noteModel writes the Plug and Play model that a device announces into its twin,
// when it is another one than before (protocol 2.5, 4.1). It is no new version.
func (h *Hub) noteModel(ctx context.Context, id ID, model string) error {
	if model == "" {
		return nil
	}
	same := false
	err := h.db.View(func(tx *bbolt.Tx) error {
		_, t, err := readForTwin(tx, id)
		same = t.ModelID == model
		return err
	})
	if err != nil || same {
		return err
	}
	return h.update(ctx, func(tx *bbolt.Tx) error {
		_, t, err := readForTwin(tx, id)
		if err != nil {
			return err
		}
		t.ModelID = model
		return store.Abort(h.putTwin(tx, id, t))
	}, func() {})
}
