package devices

import (
	"slices"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/devices/roster"
	"hubscope/ui/page"
)

// rows are the devices read so far: pages as the service gave them, and over
// them the order and the choice of the screen. There may be a million: what sorting
// and searching needs is held of all, the whole device of those near the screen only.
type rows struct {
	ctx       *page.Context
	simulated func(id string) (sim.Status, bool)

	held  *roster.Roster
	pages []readPage
	// since is the first page of the reading that is under way: devices of earlier pages
	// that do not come again are gone when it is complete.
	since int
	brief bool   // the reading gives devices briefly
	next  string // continuation; meaningful when more
	more  bool
	near  nearby
	drops int // how often devices were taken away

	arranged
	marks marks

	columns    []column
	paths      []string // of those of the columns that are members of the twin
	by         roster.By
	descending bool
	filter     string

	// where and top are the query that all of them meet.
	where string
	top   int
}

// readPage is one page as it was read: how to read it again, and what was in it.
type readPage struct {
	token string
	size  int
	brief bool
	slots []roster.Slot
}

func newRows(ctx *page.Context) *rows {
	r := &rows{ctx: ctx, held: roster.New(0), marks: marks{}}
	r.columns, r.paths, _ = columnsOf(usualColumns)
	return r
}

// loaded is the number of devices here, shown or not.
func (r *rows) loaded() int { return r.held.Len() }

func (r *rows) byID(id string) (hub.Device, bool) {
	s := r.held.Find(id)
	if s == roster.NoSlot {
		return hub.Device{}, false
	}
	return r.device(s), true
}

// device is what is known of one: all that the service said, or what is held of every device.
func (r *rows) device(s roster.Slot) hub.Device {
	if d, ok := r.near.get(s); ok {
		return d
	}
	return deviceOf(r.held.Entry(s))
}

// replace starts over with the first page.
func (r *rows) replace(p readPage, items []hub.Listed, next string) {
	r.held, r.pages, r.since, r.brief, r.near = roster.New(len(r.paths)), nil, 0, false, nearby{}
	r.order = nil
	r.add(p, items, next)
}

// readAnew keeps what is here until a new reading is complete.
func (r *rows) readAnew(brief bool) {
	r.since, r.brief = len(r.pages), brief
	r.next, r.more = "", true
}

// add puts a page behind the others.
func (r *rows) add(p readPage, items []hub.Listed, next string) {
	changed := false
	if p.brief = r.brief; p.brief {
		p.token = "" // there is a quicker way to read a few of them again
	}
	p.slots, changed = r.hold(len(r.pages), p.brief, items)
	r.pages = append(r.pages, p)
	r.next, r.more = next, next != ""
	if !r.more {
		changed = r.sweep() || changed
	}
	if changed {
		r.arrange()
	}
}

// readNow is how many devices the reading has given that is under way.
func (r *rows) readNow() int {
	n := 0
	for _, p := range r.pages[r.since:] {
		n += len(p.slots)
	}
	return n
}

// sweep takes away what the reading that is now complete has not seen.
func (r *rows) sweep() bool {
	if r.since == 0 {
		return false
	}
	var gone []roster.Slot
	for _, s := range r.held.ByID() {
		if int(r.held.Page(s)) < r.since {
			gone = append(gone, s)
		}
	}
	for i := range r.since {
		r.pages[i].slots = nil
	}
	r.drop(gone)
	return len(gone) > 0
}

func (r *rows) hold(page int, brief bool, items []hub.Listed) ([]roster.Slot, bool) {
	entries := make([]roster.Entry, len(items))
	for i, d := range items {
		entries[i] = entryOf(d)
	}
	slots, changed := r.held.Put(uint32(page), entries)
	for i, s := range slots {
		r.near.put(s, items[i].Device, brief)
	}
	return slots, changed
}

// refresh takes a page that was read again. What was in it and is not any more
// is gone, unless another page has it now.
func (r *rows) refresh(token string, items []hub.Listed, next string) {
	i := slices.IndexFunc(r.pages, func(p readPage) bool { return p.token == token && !p.brief && p.slots != nil })
	if i < 0 {
		return
	}
	before := r.pages[i].slots
	slots, changed := r.hold(i, false, items)
	r.pages[i].slots = slots
	if i == len(r.pages)-1 && !r.brief {
		r.next, r.more = next, next != ""
	}
	gone := missing(before, slots, func(s roster.Slot) bool { return int(r.held.Page(s)) == i })
	r.drop(gone)
	if changed || len(gone) > 0 {
		r.arrange()
	}
}

// refreshOnly takes the devices of these ids as they are now; those that are not among them are gone.
func (r *rows) refreshOnly(ids []string, items []hub.Listed) {
	changed := false
	seen := make(map[string]bool, len(items))
	for _, d := range items {
		seen[d.DeviceID] = true
		if s := r.held.Find(d.DeviceID); s != roster.NoSlot {
			_, c := r.hold(int(r.held.Page(s)), false, []hub.Listed{d})
			changed = changed || c
		}
	}
	for _, id := range ids {
		if s := r.held.Find(id); s != roster.NoSlot && !seen[id] {
			r.drop([]roster.Slot{s})
			changed = true
		}
	}
	if changed {
		r.arrange()
	}
}

// missing are those of before that are not in now and for which mine holds.
func missing(before, now []roster.Slot, mine func(roster.Slot) bool) []roster.Slot {
	here := make(map[roster.Slot]bool, len(now))
	for _, s := range now {
		here[s] = true
	}
	return slices.DeleteFunc(slices.Clone(before), func(s roster.Slot) bool { return here[s] || !mine(s) })
}

// put adds or changes one device; remove takes one away.
func (r *rows) put(d hub.Device) {
	if len(r.pages) == 0 {
		r.pages = []readPage{{}}
	}
	at := len(r.pages) - 1
	switch s := r.held.Find(d.DeviceID); {
	case s != roster.NoSlot:
		at = int(r.held.Page(s))
	case r.more && !r.pages[at].brief:
		// It may be in a page that is still to come, and is read again by its id until then.
		r.pages = append(r.pages, readPage{brief: true})
		at++
	}
	slots, _ := r.hold(at, false, []hub.Listed{{Device: d}})
	if p := &r.pages[at]; !slices.Contains(p.slots, slots[0]) {
		p.slots = append(p.slots, slots[0])
	}
	r.arrange()
}

func (r *rows) remove(id string) {
	s := r.held.Find(id)
	if s == roster.NoSlot {
		return
	}
	r.drop([]roster.Slot{s})
	r.arrange()
}

// slotsOf are where devices are held; those that are not have none.
func (r *rows) slotsOf(ids []string) []roster.Slot {
	var slots []roster.Slot
	for _, id := range ids {
		if s := r.held.Find(id); s != roster.NoSlot {
			slots = append(slots, s)
		}
	}
	return slots
}

// drop takes devices away, and from the order that is shown too.
func (r *rows) drop(slots []roster.Slot) {
	for _, s := range slots {
		delete(r.marks, r.held.ID(s))
		r.near.forget(s)
	}
	r.held.Remove(slots...)
	r.drops++
	if r.order != nil && len(slots) > 0 {
		r.order = slices.DeleteFunc(r.order, r.held.Gone)
	}
}

// onScreen is how to read the rows from..to of the screen again: the tokens of their
// pages, and the ids of those whose pages were read briefly.
func (r *rows) onScreen(from, to int) (pages []readPage, ids []string) {
	seen := map[uint32]bool{}
	for row := from; row < min(to, r.Len()); row++ {
		s := r.slot(row)
		n := r.held.Page(s)
		if r.pages[n].brief {
			ids = append(ids, r.held.ID(s))
		} else if !seen[n] {
			seen[n] = true
			pages = append(pages, r.pages[n])
		}
	}
	return pages, ids
}
