package devices

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/query"
)

// queries are the bar that queries are typed into, the one whose answer the list shows, and the
// file of those that are kept.
type queries struct {
	bar  *query.Bar
	book *query.Book
	kept query.Kept

	serial  int                // of the query that was asked last
	stop    context.CancelFunc // ends it; nil: none is under way
	asked   string             // the one whose answer the list shows, as it was typed; "": the list is whole
	whole   *wholeList
	table   *answerTable
	naming  *naming
	export  *exporting
	sampled time.Time // when twins were looked at for their fields
	full    int       // the height of the page with the bar
}

// wholeList is the list of all devices while an answer stands in its place.
type wholeList struct {
	rows   rows
	load   load
	at     string // under the cursor
	filter string
}

type (
	answerMsg struct {
		serial    int
		text      string
		statement query.Statement
		page      readPage
		items     []hub.Listed
		next      string
		err       error
	}
	// rowsMsg is a page of an answer that is not devices.
	rowsMsg struct {
		serial    int
		text      string
		statement query.Statement
		first     bool
		items     []json.RawMessage
		next      string
		err       error
	}
	seenMsg struct {
		seen *query.Seen
		err  error
	}
)

// answerEvery is how much rarer an answer is read again than the list: queries of all tools
// share one quota (protocol 9).
const answerEvery = 2

// pollEvery is how often the rows on screen are read again.
func (p *Page) pollEvery() time.Duration {
	if p.queries.asked != "" {
		return answerEvery * p.o.Poll
	}
	return p.o.Poll
}

// ask runs what is in the bar. A query that is under way is given up.
func (p *Page) ask() tea.Cmd {
	if denied := failure.Denied(p.ctx, page.ReadTwins, "no query asked"); denied != nil {
		return denied
	}
	s, text := p.queries.bar.Statement(), p.queries.bar.Value()
	p.stopAsking()
	p.queries.serial++
	base, stop := context.WithCancel(p.Base())
	p.queries.stop = stop
	p.queries.bar.Busy()
	if s.Devices {
		return p.askDevices(base, text, s)
	}
	return p.askRows(base, text, s, "")
}

func (p *Page) askDevices(base context.Context, text string, s query.Statement) tea.Cmd {
	registry, serial, from := p.o.Registry, p.queries.serial, readPage{size: p.o.PageSize}
	l := hub.Listing{Paths: p.rows.paths, Where: s.Where, Top: s.Top, Page: from.size}
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		items, next, err := registry.List(ctx, l)
		return answerMsg{serial, text, s, from, items, next, err}
	})
}

func (p *Page) askRows(base context.Context, text string, s query.Statement, token string) tea.Cmd {
	registry, serial, size := p.o.Registry, p.queries.serial, p.o.PageSize
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		found, err := registry.Query(ctx, s.Text, size, token)
		return rowsMsg{serial, text, s, token == "", found.Items, found.Continuation, err}
	})
}

// stopAsking gives up the query that is under way, and says whether there was one.
func (p *Page) stopAsking() bool {
	if p.queries.stop == nil {
		return false
	}
	p.queries.stop()
	p.queries.stop = nil
	p.queries.serial++
	p.queries.bar.Done()
	return true
}

// onAnswer puts an answer in the place of the list, which is kept for when one goes back.
func (p *Page) onAnswer(m answerMsg) tea.Cmd {
	if m.serial != p.queries.serial {
		return nil
	}
	p.queries.stop = nil
	if m.err != nil {
		return p.refused(m.statement, m.err)
	}
	p.keepWhole()
	p.Renew()
	fresh := p.freshRows()
	fresh.where, fresh.top = m.statement.Where, m.statement.Top
	*p.rows = *fresh
	p.queries.asked = m.text
	p.filter.Clear()
	p.unsought = ""
	p.rows.replace(m.page, m.items, m.next)
	now := p.ctx.Time()
	p.load = load{at: now, since: now, polled: now}
	p.queries.bar.Done()
	return tea.Batch(p.closeBar(), p.remember(m.text), func() tea.Msg { return page.HubHealth{} }, p.changed(), p.Ask(p.readStats(p.Context())))
}

// freshRows are rows with nothing in them that look like those that are here.
func (p *Page) freshRows() *rows {
	fresh := newRows(p.ctx)
	fresh.simulated, fresh.marks = p.rows.simulated, p.rows.marks
	fresh.columns, fresh.paths, fresh.by, fresh.descending = p.rows.columns, p.rows.paths, p.rows.by, p.rows.descending
	return fresh
}

func (p *Page) keepWhole() {
	if p.queries.asked != "" {
		return
	}
	p.queries.whole = &wholeList{rows: *p.rows, load: p.load, at: p.table.Key(), filter: p.filter.Value()}
}

// leaveAnswer goes back to the list of all devices, as it was.
func (p *Page) leaveAnswer() tea.Cmd {
	w := p.queries.whole
	if p.queries.asked == "" || w == nil {
		return nil
	}
	p.Renew()
	now := *p.rows
	*p.rows = w.rows
	anew := p.rows.setColumns(now.columns, now.paths)
	p.rows.by, p.rows.descending = now.by, now.descending
	p.load = load{at: w.load.at, since: p.ctx.Time(), err: w.load.err}
	p.queries.asked, p.queries.whole = "", nil
	p.filter.Set(w.filter)
	p.rows.filter = w.filter
	p.rows.arrange()
	p.table.Select(w.at)
	p.table.Sync()
	if anew {
		return tea.Batch(p.moved(), p.reload()) // other columns were chosen meanwhile
	}
	return tea.Batch(p.moved(), p.poll())
}

// removed takes devices out of the list that stands aside, too.
func (q *queries) removed(ids ...string) {
	if q.whole != nil {
		q.whole.rows.removeAll(ids)
	}
}

// refused shows what is wrong with a query under the bar; what was typed stays.
func (p *Page) refused(s query.Statement, err error) tea.Cmd {
	failure.Learn(p.ctx, page.ReadTwins, err, "ask queries")
	message := err.Error()
	sentence, next := failure.Words(err)
	sentence = strings.TrimPrefix(sentence, "could not list devices: ") // it was a query
	if refused := (*hub.Error)(nil); errors.As(err, &refused) && errors.Is(err, hub.ErrBadRequest) && refused.Message != "" {
		message = refused.Message
		sentence, next = "the hub does not take it: "+query.Reason(message), "correct it, then enter asks again"
	}
	p.queries.bar.Fail(s, message, sentence, next)
	p.updateKeys()
	if p.queries.bar.Opened() {
		return failure.Note("the query was not answered", err)
	}
	return failure.Tell("the query was not answered", err)
}

// sampleEvery is how long the fields of twins that were looked at are good for.
const sampleEvery = 5 * time.Minute

// sample looks at the twins of some devices, so that their fields can be offered.
func (p *Page) sample() tea.Cmd {
	now := p.ctx.Time()
	if p.o.Registry == nil || !p.queries.sampled.IsZero() && now.Sub(p.queries.sampled) < sampleEvery {
		return nil
	}
	p.queries.sampled = now
	registry, size, base := p.o.Registry, p.o.PageSize, p.Base()
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		found, err := registry.Query(ctx, "SELECT * FROM devices", size, "")
		return seenMsg{query.Look(found.Items), err}
	})
}

func (p *Page) onSeen(m seenMsg) tea.Cmd {
	if m.err != nil {
		p.queries.sampled = time.Time{}
		return failure.Note("the fields of the twins could not be read", m.err)
	}
	p.queries.bar.Learn(m.seen)
	return nil
}
