package devices

import (
	"cmp"
	"slices"
	"strings"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui/page"
)

// rows are the devices read so far: pages as the service gave them, and over
// them the order and the filter of the screen.
type rows struct {
	ctx       *page.Context
	simulated func(id string) (sim.Status, bool)

	pages []readPage
	known map[string]known
	order []string       // ids as shown
	at    map[string]int // where in order
	next  string         // continuation; meaningful when more
	more  bool

	marks marks

	column     int
	descending bool
	filter     string
}

// readPage is one page as it was read: the token that reads it again, and what
// was in it.
type readPage struct {
	token string
	ids   []string
}

// known is a device and the page that it was in last.
type known struct {
	hub.Device
	page int
}

func newRows(ctx *page.Context) *rows {
	return &rows{ctx: ctx, known: map[string]known{}, at: map[string]int{}, marks: marks{}}
}

// loaded is the number of devices here, shown or not.
func (r *rows) loaded() int { return len(r.known) }

func (r *rows) byID(id string) (hub.Device, bool) {
	d, ok := r.known[id]
	return d.Device, ok
}

// replace starts over with the first page.
func (r *rows) replace(items []hub.Device, next string) {
	r.pages, r.known = nil, make(map[string]known, len(items))
	r.arrange()
	r.add("", items, next)
}

// add puts a page that token read behind the others.
func (r *rows) add(token string, items []hub.Device, next string) {
	p := readPage{token: token, ids: make([]string, 0, len(items))}
	inOrder := r.column == idColumn && !r.descending && r.filter == ""
	for _, d := range items {
		p.ids = append(p.ids, d.DeviceID)
		_, again := r.known[d.DeviceID]
		r.known[d.DeviceID] = known{d, len(r.pages)}
		n := len(r.order)
		if inOrder = inOrder && !again && (n == 0 || naturalCompare(r.order[n-1], d.DeviceID) < 0); inOrder {
			r.order = append(r.order, d.DeviceID)
			r.at[d.DeviceID] = n
		}
	}
	r.pages = append(r.pages, p)
	r.next, r.more = next, next != ""
	// A hub gives its devices in the order of their ids, so that a million of them
	// need not be sorted anew for each page.
	if !inOrder {
		r.arrange()
	}
}

// refresh takes a page that was read again. What was in it and is not any more
// is gone, unless another page has it now.
func (r *rows) refresh(token string, items []hub.Device, next string) {
	i := slices.IndexFunc(r.pages, func(p readPage) bool { return p.token == token })
	if i < 0 {
		return
	}
	before := len(r.known)
	ids := make([]string, 0, len(items))
	here := make(map[string]bool, len(items))
	for _, d := range items {
		ids = append(ids, d.DeviceID)
		here[d.DeviceID] = true
		r.known[d.DeviceID] = known{d, i}
	}
	same := len(r.known) == before
	for _, id := range r.pages[i].ids {
		if d, ok := r.known[id]; ok && d.page == i && !here[id] {
			delete(r.known, id)
			same = false
		}
	}
	r.pages[i].ids = ids
	if i == len(r.pages)-1 {
		r.next, r.more = next, next != ""
	}
	if !same || r.column != idColumn {
		r.arrange()
	}
}

// put adds or changes one device; remove takes one away.
func (r *rows) put(d hub.Device) {
	if len(r.pages) == 0 {
		r.pages = []readPage{{}}
	}
	last := len(r.pages) - 1
	if old, ok := r.known[d.DeviceID]; ok {
		last = old.page
	} else {
		r.pages[last].ids = append(r.pages[last].ids, d.DeviceID)
	}
	r.known[d.DeviceID] = known{d, last}
	r.arrange()
}

func (r *rows) remove(id string) {
	d, ok := r.known[id]
	if !ok {
		return
	}
	delete(r.known, id)
	delete(r.marks, id)
	p := &r.pages[d.page]
	p.ids = slices.DeleteFunc(p.ids, func(s string) bool { return s == id })
	r.arrange()
}

// tokens are those of the pages that hold the rows from..to of the screen, in
// the order of the rows.
func (r *rows) tokens(from, to int) []string {
	var out []string
	seen := map[int]bool{}
	for _, id := range r.order[min(from, len(r.order)):min(to, len(r.order))] {
		if p := r.known[id].page; !seen[p] {
			seen[p] = true
			out = append(out, r.pages[p].token)
		}
	}
	return out
}

// arrange makes the order of the screen anew.
func (r *rows) arrange() {
	r.order = r.order[:0]
	wanted := strings.ToLower(r.filter)
	for id := range r.known {
		if wanted == "" || strings.Contains(strings.ToLower(id), wanted) {
			r.order = append(r.order, id)
		}
	}
	slices.SortFunc(r.order, r.compare)
	clear(r.at)
	for i, id := range r.order {
		r.at[id] = i
	}
}

func (r *rows) compare(x, y string) int {
	a, b := r.known[x].Device, r.known[y].Device
	n := 0
	switch r.column {
	case statusColumn:
		n = cmp.Compare(a.Status, b.Status)
	case connectionColumn:
		n = cmp.Compare(connectionRank(a), connectionRank(b))
	case activityColumn:
		n = b.LastActivity.Compare(a.LastActivity)
	case queueColumn:
		n = cmp.Compare(b.C2DCount, a.C2DCount)
	case authColumn:
		n = cmp.Compare(a.Auth.Type, b.Auth.Type)
	}
	if n == 0 {
		n = naturalCompare(x, y)
	}
	if r.descending {
		return -n
	}
	return n
}

func connectionRank(d hub.Device) int {
	if d.Connected() {
		return 0
	}
	return 1
}

// Len, Key and Find implement widget.Source.
func (r *rows) Len() int { return len(r.order) }

// Key is the device id of a row.
func (r *rows) Key(row int) string { return r.order[row] }

// Find is the row of a device id.
func (r *rows) Find(id string) int {
	if i, ok := r.at[id]; ok {
		return i
	}
	return -1
}
