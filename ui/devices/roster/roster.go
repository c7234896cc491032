package roster

import "slices"

// Slot names a device for as long as the roster exists; NoSlot is none.
type Slot uint32

// NoSlot is what Find gives for an id that is not held.
const NoSlot = ^Slot(0)

// Roster holds devices, and their order by id. The zero Roster has no columns of values; see New.
type Roster struct {
	columns   int
	chunks    []*chunk
	used      int    // slots
	byID      []Slot // without those that are gone
	shared    bool   // a snapshot looks at byID: it is copied before it is changed, but for what is appended
	snapshots uint64
}

// New returns an empty roster whose entries have so many values.
func New(columns int) *Roster { return &Roster{columns: columns} }

// Len is the number of devices.
func (r *Roster) Len() int { return len(r.byID) }

// Columns is the number of values of an entry.
func (r *Roster) Columns() int { return r.columns }

// SetColumns gives the entries other values: from says for each new column which one of before it is, or -1 for one
// that is empty until it is put. Snapshots keep the columns they have.
func (r *Roster) SetColumns(from []int) {
	r.columns = len(from)
	for at := range r.chunks {
		c := r.mine(at)
		before := c.values
		c.values = make([]texts, len(from))
		for i, old := range from {
			if old >= 0 {
				c.values[i] = before[old]
			} else {
				c.values[i] = blank(len(c.words))
			}
		}
	}
}

// ByID are all devices in the order of their ids. It holds until the roster is changed.
func (r *Roster) ByID() []Slot { return r.byID }

// ID is that of a slot.
func (r *Roster) ID(s Slot) string { return idOf(r.chunks, s) }

func idOf(chunks []*chunk, s Slot) string { return chunks[s>>chunkBits].ids.at(int(s & chunkMask)) }

func wordOf(chunks []*chunk, s Slot) word { return chunks[s>>chunkBits].words[s&chunkMask] }

// Entry is what is kept of a slot.
func (r *Roster) Entry(s Slot) Entry {
	c, i := r.chunks[s>>chunkBits], int(s&chunkMask)
	var values []string
	for n := range c.values {
		values = append(values, c.values[n].at(i))
	}
	return c.words[i].entry(c.ids.at(i), values)
}

// Page is the page that a slot was put in last.
func (r *Roster) Page(s Slot) uint32 { return r.chunks[s>>chunkBits].pages[s&chunkMask] }

// Gone says whether a slot's device was removed.
func (r *Roster) Gone(s Slot) bool { return wordOf(r.chunks, s)&gone != 0 }

// Find gives the slot of an id.
func (r *Roster) Find(id string) Slot {
	if i, ok := r.search(id); ok {
		return r.byID[i]
	}
	return NoSlot
}

// Place is where a slot stands in ByID.
func (r *Roster) Place(s Slot) int {
	i, ok := r.search(r.ID(s))
	if !ok {
		return -1
	}
	return i
}

func (r *Roster) search(id string) (int, bool) {
	return slices.BinarySearchFunc(r.byID, id, func(s Slot, id string) int { return Compare(idOf(r.chunks, s), id) })
}

// Put adds devices of a page, or brings those up to date that are held. It gives the slots in the order of the
// entries, and says whether anything that can be seen has changed. It takes time for the entries, not for those held.
func (r *Roster) Put(page uint32, entries []Entry) (slots []Slot, changed bool) {
	slots = make([]Slot, 0, len(entries))
	var fresh []Slot
	here := make(map[string]Slot, len(entries))
	values := edits{}
	for _, e := range entries {
		s, again := here[e.ID]
		if !again {
			s = r.held(e.ID)
		}
		if s == NoSlot {
			s = r.append(e, page)
			fresh = append(fresh, s)
		} else if r.renew(s, e, page, values) {
			changed = true
		}
		here[e.ID] = s
		slots = append(slots, s)
	}
	r.insert(fresh)
	return slots, r.edit(values) || changed || len(fresh) > 0
}

// held is Find, quick for an id that is behind all others.
func (r *Roster) held(id string) Slot {
	if n := len(r.byID); n == 0 || Compare(idOf(r.chunks, r.byID[n-1]), id) < 0 {
		return NoSlot
	}
	return r.Find(id)
}

func (r *Roster) append(e Entry, page uint32) Slot {
	if r.used&chunkMask == 0 {
		r.chunks = append(r.chunks, newChunk(r.snapshots, r.columns))
	}
	r.mine(len(r.chunks)-1).append(e, page)
	r.used++
	return Slot(r.used - 1)
}

// mine is a chunk that no snapshot shares.
func (r *Roster) mine(at int) *chunk {
	if r.chunks[at].made != r.snapshots {
		r.chunks[at] = r.chunks[at].copied(r.snapshots)
	}
	return r.chunks[at]
}

// edits are values that have changed, by chunk and column: all of a column are written at once.
type edits map[[2]int]map[int]string

// renew says whether anything but the page and the values has changed; the values go to edits.
func (r *Roster) renew(s Slot, e Entry, page uint32, values edits) bool {
	at, i := int(s>>chunkBits), int(s&chunkMask)
	c := r.chunks[at]
	c.pages[i] = page
	for n := range c.values {
		where, v := [2]int{at, n}, valueOf(e, n)
		if _, again := values[where][i]; !again && c.values[n].at(i) == v {
			continue
		}
		if values[where] == nil {
			values[where] = map[int]string{}
		}
		values[where][i] = v
	}
	w := e.word()
	if c.words[i] == w {
		return false
	}
	r.mine(at).words[i] = w
	return true
}

func (r *Roster) edit(values edits) bool {
	for where, changed := range values {
		c := r.mine(where[0])
		c.values[where[1]] = c.values[where[1]].replaced(changed)
	}
	return len(values) > 0
}

// insert puts new slots where they belong.
func (r *Roster) insert(fresh []Slot) {
	compare := func(a, b Slot) int { return Compare(idOf(r.chunks, a), idOf(r.chunks, b)) }
	if !slices.IsSortedFunc(fresh, compare) {
		fresh = slices.Clone(fresh)
		slices.SortFunc(fresh, compare)
	}
	if n := len(r.byID); n == 0 || len(fresh) == 0 || compare(r.byID[n-1], fresh[0]) < 0 {
		r.byID = append(r.byID, fresh...)
		return
	}
	// From the greatest to the least: what stands behind its place moves once, all at a time.
	r.unshare(len(fresh))
	end := len(r.byID)
	r.byID = append(r.byID, fresh...)
	for k := len(fresh) - 1; k >= 0; k-- {
		at, _ := slices.BinarySearchFunc(r.byID[:end], fresh[k], compare)
		copy(r.byID[at+k+1:], r.byID[at:end])
		r.byID[at+k] = fresh[k]
		end = at
	}
}

// unshare makes byID the roster's own, with room for so many more.
func (r *Roster) unshare(more int) {
	if !r.shared {
		return
	}
	r.byID = append(make([]Slot, 0, len(r.byID)+more), r.byID...)
	r.shared = false
}

// Remove takes devices away.
func (r *Roster) Remove(slots ...Slot) {
	var places []int
	for _, s := range slots {
		if r.Gone(s) {
			continue
		}
		if i := r.Place(s); i >= 0 {
			places = append(places, i)
		}
		r.mine(int(s >> chunkBits)).words[s&chunkMask] |= gone
	}
	if len(places) == 0 {
		return
	}
	slices.Sort(places)
	r.unshare(0)
	to := places[0]
	for k, i := range places {
		until := len(r.byID)
		if k+1 < len(places) {
			until = places[k+1]
		}
		to += copy(r.byID[to:], r.byID[i+1:until])
	}
	r.byID = r.byID[:to]
}
