package store

import (
	"errors"
	"sync/atomic"

	"go.etcd.io/bbolt"
)

// turn decides between an op that waits for the writer and a caller that no
// longer waits for the op: either the op does not run, or the caller stays until
// its end. So an op may write to its caller's variables.
type turn struct{ state atomic.Int32 }

const (
	waiting int32 = iota
	running
	givenUp
)

var errGivenUp = errors.New("given up before its turn")

// taken is op, unless it was given up. It may run more than once.
func (t *turn) taken(op func(*bbolt.Tx) error) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		if !t.state.CompareAndSwap(waiting, running) && t.state.Load() == givenUp {
			return errGivenUp
		}
		return op(tx)
	}
}

// giveUp tells whether the op will not run.
func (t *turn) giveUp() bool { return t.state.CompareAndSwap(waiting, givenUp) }
