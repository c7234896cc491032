package ui

import (
	"slices"

	"hubscope/ui/page"
)

// router holds the open pages: one a tab, and the pages laid over them, such as
// the help and the journal.
type router struct {
	tabs []page.Page
	tab  page.Tab
	over []page.Page
	// kept are pages that go over the tabs and live on when they are not there.
	kept []page.Page
}

// current is the page that fills the body.
func (r *router) current() page.Page {
	if n := len(r.over); n > 0 {
		return r.over[n-1]
	}
	return r.tabs[r.tab]
}

// all are the pages that live, whether they can be seen or not.
func (r *router) all() []page.Page {
	all := append(append([]page.Page(nil), r.tabs...), r.kept...)
	for _, p := range r.over {
		if !slices.Contains(r.kept, p) {
			all = append(all, p)
		}
	}
	return all
}

// parent is a page with pages inside.
type parent interface{ Children() []page.Page }

// every gives the pages that live, with those inside others.
func (r *router) every() []page.Page {
	var all []page.Page
	add := func(p page.Page) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	for _, p := range r.all() {
		add(p)
		if outer, ok := p.(parent); ok {
			for _, inner := range outer.Children() {
				add(inner)
			}
		}
	}
	return all
}

// find gives the open page with this id, also one inside another.
func (r *router) find(id page.ID) (page.Page, bool) {
	for _, p := range r.every() {
		if hasID(p, id) {
			return p, true
		}
	}
	return nil, false
}

func hasID(p page.Page, id page.ID) bool {
	a, ok := p.(page.Addressee)
	if !ok {
		return false
	}
	its, _ := a.Address()
	return its == id
}

// push lays a page over the tabs, or brings it to the top when it is there.
func (r *router) push(p page.Page) {
	r.remove(p)
	r.over = append(r.over, p)
}

// back takes the topmost page away and gives it, or nil when only tabs are left.
func (r *router) back() page.Page {
	n := len(r.over)
	if n == 0 {
		return nil
	}
	top := r.over[n-1]
	r.over = r.over[:n-1]
	return top
}

func (r *router) remove(p page.Page) {
	for i, q := range r.over {
		if q == p {
			r.over = append(r.over[:i], r.over[i+1:]...)
			return
		}
	}
}
