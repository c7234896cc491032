package devices

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
)

// poll reads again what is on screen, and the counts. At most three
// pages a turn: a list sorted across many pages must not cost a query each.
func (p *Page) poll() tea.Cmd {
	if p.load.busy || p.load.polling {
		return nil
	}
	if len(p.rows.pages) == 0 {
		return p.reload()
	}
	pages, ids := p.rows.onScreen(p.table.Visible())
	if len(p.rows.pages) == 1 {
		pages = slices.Clone(p.rows.pages) // they change under a call that is on its way
	}
	pages, ids = pages[:min(3, len(pages))], ids[:min(p.rows.mostIDs(), len(ids))]
	p.load.polling, p.load.polled = true, p.ctx.Time()
	return tea.Batch(p.Ask(p.readAgain(p.Context(), pages, ids)), p.Ask(p.readStats(p.Context())))
}

// pollAnew is poll after something was changed: an answer that is on its way does not know of it.
func (p *Page) pollAnew() tea.Cmd {
	if p.load.busy {
		return p.reload()
	}
	p.load.turn++
	p.load.polling = false
	return p.poll()
}

// mostIDs are as many ids, of the longest, as a query's text has room for (protocol 3.4).
const mostIDs = 60

// mostIDs leaves room for the condition that stands beside the ids.
func (r *rows) mostIDs() int { return max(1, mostIDs-(len(r.where)+130)/131) }

func (p *Page) readAgain(ctx context.Context, pages []readPage, ids []string) tea.Cmd {
	list, turn := p.lister(), p.load.turn
	var wanted []hub.Listing
	for _, from := range pages {
		wanted = append(wanted, p.listing(from))
	}
	only := hub.Listing{Paths: p.rows.paths, IDs: ids, Page: mostIDs, Where: p.rows.where}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		m := refreshedMsg{turn: turn}
		for i, l := range wanted {
			items, next, err := list(ctx, l)
			if err != nil {
				m.err = err
				return m
			}
			m.pages = append(m.pages, loadedMsg{page: pages[i], items: items, next: next})
		}
		if len(ids) > 0 {
			m.ids = ids
			m.items, _, m.err = list(ctx, only)
		}
		return m
	}
}

func (p *Page) onRefreshed(m refreshedMsg) tea.Cmd {
	if m.turn != p.load.turn {
		return nil
	}
	p.load.polling = false
	if m.err != nil {
		return p.failed(m.err)
	}
	for _, read := range m.pages {
		p.rows.refresh(read.page.token, read.items, read.next)
	}
	p.rows.refreshOnly(m.ids, m.items)
	return tea.Batch(p.fresh(), p.changed())
}

const (
	tickEvery = time.Second
	// quiet is how long something takes before the screen says so.
	quiet = 100 * time.Millisecond
)

func (p *Page) tick() tea.Cmd {
	id, _ := p.Address()
	return page.Do(id, 0, tea.Tick(tickEvery, func(time.Time) tea.Msg { return tickMsg{} }))
}

// onTick keeps the relative times moving, takes a snapshot of the simulated
// devices, and polls when it is time.
func (p *Page) onTick(tickMsg) tea.Cmd {
	if !p.visible {
		p.ticking = false
		return nil
	}
	moved := p.snapshot() && p.queries.asked == ""
	due := p.ctx.Time().Sub(p.load.polled) >= p.pollEvery()
	if moved || due {
		return tea.Batch(p.tick(), p.poll())
	}
	return p.tick()
}
