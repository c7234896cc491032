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
	known map[string]hub.Device
	order []string       // ids as shown
	at    map[string]int // where in order
	next  string         // continuation; meaningful when more
	more  bool

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

func newRows(ctx *page.Context) *rows {
	return &rows{ctx: ctx, known: map[string]hub.Device{}, at: map[string]int{}}
}

// loaded is the number of devices here, shown or not.
func (r *rows) loaded() int { return len(r.known) }

func (r *rows) byID(id string) (hub.Device, bool) {
	d, ok := r.known[id]
	return d, ok
}

// replace starts over with the first page.
func (r *rows) replace(items []hub.Device, next string) {
	r.pages, r.known = nil, make(map[string]hub.Device, len(items))
	r.add("", items, next)
}

// add puts a page that token read behind the others.
func (r *rows) add(token string, items []hub.Device, next string) {
	p := readPage{token: token, ids: make([]string, 0, len(items))}
	for _, d := range items {
		p.ids = append(p.ids, d.DeviceID)
		r.known[d.DeviceID] = d
	}
	r.pages = append(r.pages, p)
	r.next, r.more = next, next != ""
	r.arrange()
}

// refresh takes a page that was read again. What was in it and is not any more
// is gone, unless another page has it now.
func (r *rows) refresh(token string, items []hub.Device, next string) {
	i := slices.IndexFunc(r.pages, func(p readPage) bool { return p.token == token })
	if i < 0 {
		return
	}
	old := r.pages[i].ids
	ids := make([]string, 0, len(items))
	for _, d := range items {
		ids = append(ids, d.DeviceID)
		r.known[d.DeviceID] = d
	}
	r.pages[i].ids = ids
	elsewhere := map[string]bool{}
	for _, p := range r.pages {
		for _, id := range p.ids {
			elsewhere[id] = true
		}
	}
	for _, id := range old {
		if !elsewhere[id] {
			delete(r.known, id)
		}
	}
	if i == len(r.pages)-1 {
		r.next, r.more = next, next != ""
	}
	r.arrange()
}

// put adds or changes one device; remove takes one away.
func (r *rows) put(d hub.Device) {
	if _, ok := r.known[d.DeviceID]; !ok && len(r.pages) > 0 {
		last := &r.pages[len(r.pages)-1]
		last.ids = append(last.ids, d.DeviceID)
	}
	r.known[d.DeviceID] = d
	r.arrange()
}

func (r *rows) remove(id string) {
	delete(r.known, id)
	for i := range r.pages {
		r.pages[i].ids = slices.DeleteFunc(r.pages[i].ids, func(s string) bool { return s == id })
	}
	r.arrange()
}

// tokens are those of the pages that hold the rows from..to of the screen.
func (r *rows) tokens(from, to int) []string {
	var out []string
	for _, p := range r.pages {
		has := slices.ContainsFunc(p.ids, func(id string) bool {
			i, ok := r.at[id]
			return ok && i >= from && i < to
		})
		if has {
			out = append(out, p.token)
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
	a, b := r.known[x], r.known[y]
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
