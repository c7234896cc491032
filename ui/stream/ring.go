package stream

// Ring is a bounded history. Each item gets a number, counted up from 0, that stays its own for as long as it is
// kept. When a limit is passed the oldest items go. It is not safe for concurrent use.
type Ring[T any] struct {
	limit Limit
	size  func(T) int

	slots []T    // grows to the limit, then goes round
	head  int    // slot of the oldest item
	count int    // items kept
	end   uint64 // number that the next item gets
	bytes int64
	gone  uint64 // items that a limit pushed out
}

const firstSlots = 64

// NewRing makes a ring. size gives the bytes that an item holds in memory; it may be nil when limit has no bytes.
func NewRing[T any](limit Limit, size func(T) int) *Ring[T] {
	return &Ring[T]{limit: limit, size: size}
}

// Append adds an item and gives its number. The newest item is kept whatever its size.
func (r *Ring[T]) Append(item T) uint64 {
	if r.limit.Items > 0 && r.count == r.limit.Items {
		r.evict()
	}
	if r.count == len(r.slots) {
		r.grow()
	}
	r.slots[r.slot(r.count)] = item
	r.count++
	r.end++
	if r.size != nil {
		r.bytes += int64(r.size(item))
	}
	for r.count > 1 && r.limit.exceeded(r.count, r.bytes) {
		r.evict()
	}
	return r.end - 1
}

// At gives the item with this number; false when it is no longer or not yet kept.
func (r *Ring[T]) At(number uint64) (T, bool) {
	if number < r.First() || number >= r.end {
		var none T
		return none, false
	}
	return r.slots[r.slot(int(number-r.First()))], true
}

// Ref is At without a copy: the pointer is good until the next Append or Clear.
func (r *Ring[T]) Ref(number uint64) *T {
	if number < r.First() || number >= r.end {
		return nil
	}
	return &r.slots[r.slot(int(number-r.First()))]
}

// First is the number of the oldest item kept; it equals End when there is none.
func (r *Ring[T]) First() uint64 { return r.end - uint64(r.count) }

// End is one past the number of the newest item.
func (r *Ring[T]) End() uint64 { return r.end }

// Len is how many items are kept.
func (r *Ring[T]) Len() int { return r.count }

// Bytes is what the kept items hold in memory, as the size function tells it.
func (r *Ring[T]) Bytes() int64 { return r.bytes }

// Evicted is how many items a limit pushed out since the start. Clear does not count.
func (r *Ring[T]) Evicted() uint64 { return r.gone }

// Clear forgets all items and their memory. Numbers go on from where they were.
func (r *Ring[T]) Clear() {
	r.slots, r.head, r.count, r.bytes = nil, 0, 0, 0
}

func (r *Ring[T]) slot(index int) int {
	index += r.head
	if index >= len(r.slots) {
		index -= len(r.slots)
	}
	return index
}

func (r *Ring[T]) evict() {
	var none T
	if r.size != nil {
		r.bytes -= int64(r.size(r.slots[r.head]))
	}
	r.slots[r.head] = none
	r.head = r.slot(1)
	r.count--
	r.gone++
}

func (r *Ring[T]) grow() {
	room := max(firstSlots, 2*len(r.slots))
	if r.limit.Items > 0 {
		room = min(room, r.limit.Items)
	}
	slots := make([]T, room)
	n := copy(slots, r.slots[r.head:])
	copy(slots[n:], r.slots[:r.head])
	r.slots, r.head = slots, 0
}
