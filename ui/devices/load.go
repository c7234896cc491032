package devices

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
)

// load is how the list stands: what is under way, how old the rows are, and what
// went wrong last.
type load struct {
	busy    bool // first page
	reading bool // a further page
	all     bool // the rest, page after page
	sought  bool // because of what is searched for
	until   int  // devices, then it is enough; 0: to the end
	follow  bool // the cursor then goes to the last row
	polling bool
	turn    int       // of the poll whose answer counts
	at      time.Time // when the rows were read last
	since   time.Time // when what is under way began
	polled  time.Time
	err     error
}

// callLimit bounds every call, so that a hub that hangs is told as such.
const callLimit = 30 * time.Second

type (
	loadedMsg struct {
		page  readPage
		items []hub.Listed
		next  string
		err   error
	}
	refreshedMsg struct {
		turn  int
		pages []loadedMsg
		ids   []string
		items []hub.Listed // of ids
		err   error
	}
	statsMsg struct {
		turn  int
		stats hub.RegistryStatistics
		err   error
	}
	tickMsg struct{}
)

// reload reads the list from its start. Rows that are here stay until the new
// ones come.
func (p *Page) reload() tea.Cmd {
	if p.o.Registry == nil {
		p.updateKeys()
		return nil
	}
	ctx := p.Renew()
	p.load = load{busy: true, at: p.load.at, since: p.ctx.Time(), polled: p.ctx.Time(), err: p.load.err}
	stats := p.Ask(p.readStats(ctx))
	if len(p.rows.pages) > 1 {
		// The cursor may be far behind the first page, so all are read anew before any goes.
		p.load.busy = false
		until := p.rows.loaded()
		if !p.rows.more {
			until = 0
		}
		p.rows.readAnew(true)
		all := p.readAll()
		p.load.until = until
		return tea.Batch(all, stats)
	}
	return tea.Batch(p.Ask(p.read(ctx, readPage{size: p.o.PageSize})), stats)
}

// read reads one page.
func (p *Page) read(ctx context.Context, from readPage) tea.Cmd {
	list, l := p.lister(), p.listing(from)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		items, next, err := list(ctx, l)
		return loadedMsg{from, items, next, err}
	}
}

func (p *Page) listing(from readPage) hub.Listing {
	return hub.Listing{Paths: p.rows.paths, Brief: from.brief, Page: from.size, Continuation: from.token, Where: p.rows.where, Top: p.rows.top}
}

func (p *Page) readStats(ctx context.Context) tea.Cmd {
	registry, turn := p.o.Registry, p.load.turn
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		stats, err := registry.RegistryStatistics(ctx)
		return statsMsg{turn, stats, err}
	}
}

// readAhead reads the next page when the end of the rows comes near, or the rest when
// what is searched for may be in it.
func (p *Page) readAhead() tea.Cmd {
	_, to := p.table.Visible()
	near := p.rows.Len()-to < p.table.Rows()
	switch {
	case !p.rows.more || p.load.busy || p.load.reading || !near && !p.load.all:
		return nil
	case p.rows.filter != "" && !p.load.all:
		return p.seek()
	}
	p.load.reading = true
	if !p.load.all {
		p.load.since = p.ctx.Time()
	}
	from := readPage{token: p.rows.next, size: p.o.PageSize}
	if p.rows.brief {
		from.size, from.brief = p.bulk, true
	}
	return p.Ask(p.read(p.Context(), from))
}

// seek reads the rest for what is searched for, unless that was stopped.
func (p *Page) seek() tea.Cmd {
	if p.rows.filter == p.unsought {
		return nil
	}
	cmd := p.readAll()
	p.load.sought = p.load.all
	return cmd
}

// readAll reads the rest in the background, devices briefly and many at once. The
// service knows no way to the end of a list but through all of it.
func (p *Page) readAll() tea.Cmd {
	if !p.rows.more || p.load.busy || p.load.all {
		return nil
	}
	if !p.rows.brief {
		p.Renew() // a page that is on its way belongs to the reading before
		p.load.polling, p.load.reading = false, false
		p.rows.readAnew(true)
	}
	p.load.all, p.load.sought, p.load.until, p.load.since = true, false, 0, p.ctx.Time()
	p.load.follow = p.rows.filter == "" && p.table.Cursor() == p.rows.Len()-1
	p.updateKeys()
	return p.readAhead()
}

// stopReading leaves the rest where it is; moving to the end goes on.
func (p *Page) stopReading() tea.Cmd {
	p.Renew()
	p.load.all, p.load.reading, p.load.polling, p.load.follow = false, false, false, false
	p.unsought = p.rows.filter
	p.updateKeys()
	return nil
}

func (p *Page) onLoaded(m loadedMsg) tea.Cmd {
	first := m.page.token == "" && !m.page.brief
	if first {
		p.load.busy = false
	} else {
		p.load.reading = false
	}
	if m.err != nil && m.page.brief && m.page.size > p.o.PageSize && errors.Is(m.err, hub.ErrBadRequest) {
		p.bulk = p.o.PageSize // a service that does not cut the page to its own measure
		return p.readAhead()
	}
	if m.err != nil {
		p.load.all, p.load.follow = false, false
		if p.learned(m.err) {
			return p.reload()
		}
		return p.failed(m.err)
	}
	if first {
		p.rows.replace(m.page, m.items, m.next)
	} else {
		p.rows.add(m.page, m.items, m.next)
	}
	p.load.all = p.load.all && p.rows.more && (p.load.until == 0 || p.rows.readNow() < p.load.until)
	return tea.Batch(p.fresh(), p.changed())
}

// fresh says that the hub has answered.
func (p *Page) fresh() tea.Cmd {
	was, before := p.load.err, p.load.at
	p.load.at, p.load.err = p.ctx.Time(), nil
	p.fit()
	if was == nil && p.load.all && p.load.at.Sub(before) < tickEvery {
		return nil // page after page: it has just been said
	}
	healthy := func() tea.Msg { return page.HubHealth{} }
	if was == nil {
		return healthy
	}
	return tea.Batch(healthy, page.Tell(page.Report{Severity: page.Success, Text: "the hub answers again"}))
}

// failed keeps the rows. Only the first failure in a row is reported: the head
// of the list shows that it lasts.
func (p *Page) failed(err error) tea.Cmd {
	if p.Context().Err() != nil {
		return nil
	}
	first := p.load.err == nil
	p.load.err = err
	p.fit()
	ill := func() tea.Msg { return page.HubHealth{Err: err} }
	if !first {
		return ill
	}
	return tea.Batch(ill, failure.Tell("the list could not be read", err))
}

// fit gives the table what the lines above it leave.
func (p *Page) fit() {
	if p.table.Rows()+1 != max(0, p.height-p.headHeight()) {
		p.layout()
	}
}

// changed follows up new rows: the cursor keeps its device.
func (p *Page) changed() tea.Cmd {
	p.fit()
	p.showOrder()
	p.table.Sync()
	switch {
	case p.wanted != "" && p.table.Select(p.wanted):
		p.wanted = ""
	case p.load.follow && !p.load.all:
		p.load.follow = false
		p.table.Move(p.rows.Len())
	}
	return p.moved()
}

func (p *Page) onStats(m statsMsg) tea.Cmd {
	if m.err == nil && m.turn == p.load.turn {
		p.stats, p.known = m.stats, true
	}
	return nil
}
