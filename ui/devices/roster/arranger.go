package roster

import (
	"context"
	"sync"
)

// Arranger arranges many devices, one wish at a time, in memory that is used again: letters that are typed quickly
// would otherwise fill a memory each, and what was given up still sorts on for a moment. It keeps up to 16 bytes for each
// device. Its methods may be called in any goroutine.
type Arranger struct {
	turn  chan struct{}
	room  room // of who has the turn
	mu    sync.Mutex
	spare []Slot
}

// room is what is sorted in.
type room struct {
	marked []uint64
	scores []uint32
}

// NewArranger returns one that holds no memory yet.
func NewArranger() *Arranger { return &Arranger{turn: make(chan struct{}, 1)} }

// Arrange waits for its turn and gives the devices that are wanted in the order that is wanted, or the error of ctx
// when it ends before.
func (a *Arranger) Arrange(ctx context.Context, s Snapshot, w Wish) ([]Slot, error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	spare := a.take()
	out, err := arrange(ctx, s.chunks, s.byID, w, &a.room, spare)
	if err != nil {
		a.Recycle(spare)
		return nil, err
	}
	return out, nil
}

// Recycle gives an order back that nobody looks at any more.
func (a *Arranger) Recycle(order []Slot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if cap(order) > cap(a.spare) {
		a.spare = order[:0]
	}
}

func (a *Arranger) take() []Slot {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.spare
	a.spare = nil
	return out
}
