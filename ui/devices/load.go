package devices

import (
	"context"
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
	polling bool
	at      time.Time // when the rows were read last
	since   time.Time // when what is under way began
	polled  time.Time
	err     error
}

// callLimit bounds every call, so that a hub that hangs is told as such.
const callLimit = 30 * time.Second

type (
	loadedMsg struct {
		token string
		items []hub.Device
		next  string
		err   error
	}
	refreshedMsg struct {
		pages []loadedMsg
		err   error
	}
	statsMsg struct {
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
	return tea.Batch(p.Ask(p.read(ctx, "")), p.Ask(p.readStats(ctx)))
}

func (p *Page) read(ctx context.Context, token string) tea.Cmd {
	registry, size := p.o.Registry, p.o.PageSize
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		items, next, err := registry.Devices(ctx, size, token)
		return loadedMsg{token, items, next, err}
	}
}

func (p *Page) readStats(ctx context.Context) tea.Cmd {
	registry := p.o.Registry
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		stats, err := registry.RegistryStatistics(ctx)
		return statsMsg{stats, err}
	}
}

// readAhead reads the next page when the end of the rows comes near.
func (p *Page) readAhead() tea.Cmd {
	_, to := p.table.Visible()
	near := p.rows.Len()-to < p.table.Rows()
	if !near || !p.rows.more || p.load.busy || p.load.reading {
		return nil
	}
	p.load.reading, p.load.since = true, p.ctx.Time()
	return p.Ask(p.read(p.Context(), p.rows.next))
}

func (p *Page) onLoaded(m loadedMsg) tea.Cmd {
	first := m.token == ""
	if first {
		p.load.busy = false
	} else {
		p.load.reading = false
	}
	if m.err != nil {
		return p.failed(m.err)
	}
	if first {
		p.rows.replace(m.items, m.next)
	} else {
		p.rows.add(m.token, m.items, m.next)
	}
	return tea.Batch(p.fresh(), p.changed())
}

// poll reads the pages again that are on screen, and the counts. At most three
// pages a turn: a list sorted across many pages must not cost a query each.
func (p *Page) poll() tea.Cmd {
	if p.load.busy || p.load.polling {
		return nil
	}
	if len(p.rows.pages) == 0 {
		return p.reload()
	}
	tokens := []string{""}
	if from, to := p.table.Visible(); len(p.rows.pages) > 1 {
		tokens = p.rows.tokens(from, to)
	}
	tokens = tokens[:min(3, len(tokens))]
	p.load.polling, p.load.polled = true, p.ctx.Time()
	return tea.Batch(p.Ask(p.readAgain(p.Context(), tokens)), p.Ask(p.readStats(p.Context())))
}

func (p *Page) readAgain(ctx context.Context, tokens []string) tea.Cmd {
	registry, size := p.o.Registry, p.o.PageSize
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		var m refreshedMsg
		for _, token := range tokens {
			items, next, err := registry.Devices(ctx, size, token)
			if err != nil {
				m.err = err
				break
			}
			m.pages = append(m.pages, loadedMsg{token: token, items: items, next: next})
		}
		return m
	}
}

func (p *Page) onRefreshed(m refreshedMsg) tea.Cmd {
	p.load.polling = false
	if m.err != nil {
		return p.failed(m.err)
	}
	for _, read := range m.pages {
		p.rows.refresh(read.token, read.items, read.next)
	}
	return tea.Batch(p.fresh(), p.changed())
}

// fresh says that the hub has answered.
func (p *Page) fresh() tea.Cmd {
	was := p.load.err
	p.load.at, p.load.err = p.ctx.Time(), nil
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
	ill := func() tea.Msg { return page.HubHealth{Err: err} }
	if !first {
		return ill
	}
	return tea.Batch(ill, failure.Tell("the list could not be read", err))
}

// changed follows up new rows: the cursor keeps its device.
func (p *Page) changed() tea.Cmd {
	p.table.Sync()
	if p.wanted != "" && p.table.Select(p.wanted) {
		p.wanted = ""
	}
	return p.moved()
}

func (p *Page) onStats(m statsMsg) tea.Cmd {
	if m.err == nil {
		p.stats, p.known = m.stats, true
	}
	return nil
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
	moved := p.snapshot()
	due := p.ctx.Time().Sub(p.load.polled) >= p.o.Poll
	if moved || due {
		return tea.Batch(p.tick(), p.poll())
	}
	return p.tick()
}
