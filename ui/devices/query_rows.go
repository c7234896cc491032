package devices

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/query"
)

// answerTable is the dialog with an answer that is not devices.
type answerTable struct {
	*query.Table
	text      string
	statement query.Statement
	next      string
}

// onRows shows a page of an answer that is not devices.
func (p *Page) onRows(m rowsMsg) tea.Cmd {
	if m.serial != p.queries.serial {
		return nil
	}
	p.queries.stop = nil
	t := p.queries.table
	switch {
	case m.err != nil && t == nil:
		return p.refused(m.statement, m.err)
	case m.err != nil:
		t.Fail(failure.Words(m.err))
		return failure.Note("the query was not answered", m.err)
	case t == nil:
		return p.openTable(m)
	case m.first:
		t.Replace(m.items, m.next != "")
	default:
		t.Add(m.items, m.next != "")
	}
	t.next = m.next
	return nil
}

func (p *Page) openTable(m rowsMsg) tea.Cmd {
	p.queries.bar.Done()
	p.queries.table = &answerTable{text: m.text, statement: m.statement, next: m.next}
	p.queries.table.Table = query.NewTable(query.TableOptions{
		Styles: p.ctx.Styles, Keys: p.ctx.Keys, Query: m.text,
		More:  func() tea.Cmd { return p.moreRows(false) },
		Again: func() tea.Cmd { return p.moreRows(true) },
		Copy: func(text string) tea.Cmd {
			return tea.Batch(tea.SetClipboard(text), page.Tell(page.Report{Severity: page.Success, Text: "the row is copied to the clipboard"}))
		},
		Export: p.askExport,
		Left: func() {
			p.stopAsking()
			p.queries.table = nil
		},
	}, m.items, m.next != "")
	return tea.Batch(p.closeBar(), p.remember(m.text), p.ctx.Send(page.OpenDialog{Dialog: p.queries.table}))
}

// moreRows reads the next page of the table, or its first one again.
func (p *Page) moreRows(again bool) tea.Cmd {
	t := p.queries.table
	if t == nil {
		return nil
	}
	if p.queries.stop != nil {
		p.queries.stop()
	}
	p.queries.serial++
	base, stop := context.WithCancel(p.Base())
	p.queries.stop = stop
	token := t.next
	if again {
		token = ""
	}
	return p.askRows(base, t.text, t.statement, token)
}
