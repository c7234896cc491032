package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/core/eventlog"
	"hubscope/hub/localhub/store"
)

// tailBytes bounds the events that are kept in memory besides the file.
const tailBytes = 16 << 20

// closeTimeout bounds how long Close waits for the disk.
const closeTimeout = 10 * time.Second

// Open opens the hub whose state is in db, and makes what a new hub needs:
// policies with keys, and the event log. The caller closes the hub, and db after
// it.
func Open(db *store.DB, o Options) (*Hub, error) {
	o = o.withDefaults()
	if o.Partitions < 0 || o.Partitions > maxPartitions {
		return nil, fmt.Errorf("open the hub: %d partitions asked for, it can have 1 to %d", o.Partitions, maxPartitions)
	}
	h := &Hub{o: o, db: db}
	if err := h.load(); err != nil {
		return nil, fmt.Errorf("open the hub in %s: %w", db.Path(), err)
	}
	log, err := eventlog.Open(db, eventlog.Options{
		Partitions: h.o.Partitions, Retention: o.Retention, RetentionBytes: o.RetentionBytes,
		TailBytes: tailBytes, Now: o.Now, Logger: o.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("open the event log in %s: %w", db.Path(), err)
	}
	h.log = log
	h.openQueues()
	h.startAnnouncer()
	h.flusher.start(h)
	return h, nil
}

// load reads the settings and policies, and makes those of a new hub.
func (h *Hub) load() error {
	fresh := false
	err := h.db.View(func(tx *bbolt.Tx) error {
		fresh = tx.Bucket(hubBucket) == nil
		return nil
	})
	if err != nil {
		return err
	}
	if fresh {
		wanted := settings{Partitions: h.o.Partitions}
		if wanted.Partitions == 0 {
			wanted.Partitions = defaultPartitions
		}
		make := func(tx *bbolt.Tx) error { return store.Abort(makeState(tx, wanted)) }
		if err := h.db.Update(context.Background(), make); err != nil {
			return err
		}
	}
	if err := h.upgrade(); err != nil {
		return err
	}
	return h.db.View(h.read)
}

func (h *Hub) read(tx *bbolt.Tx) error {
	for _, name := range [][]byte{
		hubBucket, policiesBucket, devicesBucket, twinsBucket, activityBucket, modulesBucket,
		[]byte(c2dBucket), []byte(feedbackBucket), []byte(filesBucket),
	} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w: the records of %s are missing", store.ErrDamaged, name)
		}
	}
	var s settings
	if err := readSettings(tx, &s); err != nil {
		return err
	}
	if h.o.Partitions != 0 && h.o.Partitions != s.Partitions {
		return fmt.Errorf("%d partitions asked for, but this state was made with %d: they can not be changed, leave the option out or choose another state folder", h.o.Partitions, s.Partitions)
	}
	h.o.Partitions = s.Partitions
	policies, err := readPolicies(tx)
	h.policies = policies
	return err
}

// Close ends all sessions and readers, waits until what was accepted is durable,
// and writes what was kept in memory. It does not close the store.
func (h *Hub) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	h.sessions.close()
	h.flusher.stop()
	h.closeQueues()
	h.announcer.stop()
	h.flushActivity(ctx)
	if err := h.log.Close(ctx); err != nil && !errors.Is(err, store.ErrClosed) {
		return fmt.Errorf("close the event log: %w", err)
	}
	return nil
}
