package page

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// ID names an open page for as long as the program runs. The zero ID is no page.
type ID uint64

// Envelope carries the answer of a command to the page that asked.
type Envelope struct {
	To         ID
	Generation uint64 // 0: of any generation
	Msg        tea.Msg
}

// Do addresses the answer of cmd to a page. The root model drops the answer when
// the page is closed, or when generation is not 0 and the page has since raised
// its own.
func Do(id ID, generation uint64, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		return address(id, generation, cmd())
	}
}

func address(id ID, generation uint64, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case nil:
		return nil
	case Envelope:
		return msg
	case tea.BatchMsg:
		for i := range msg {
			msg[i] = Do(id, generation, msg[i])
		}
		return msg
	default:
		return Envelope{To: id, Generation: generation, Msg: msg}
	}
}

// Mailbox is the address of a page, its generation, and the context of what it
// has under way. Make it with Context.NewMailbox and embed it.
type Mailbox struct {
	id     ID
	gen    uint64
	base   context.Context
	ctx    context.Context
	cancel context.CancelFunc
	end    context.CancelFunc
}

// Address implements Addressee.
func (m *Mailbox) Address() (ID, uint64) { return m.id, m.gen }

// Context is that of the current generation. It ends with Renew and Close.
func (m *Mailbox) Context() context.Context { return m.ctx }

// Base is the context of the page's life: for actions that a reload must not
// cancel. It ends with Close.
func (m *Mailbox) Base() context.Context { return m.base }

// Renew cancels what is under way and starts a new generation: answers to older
// questions are dropped.
func (m *Mailbox) Renew() context.Context {
	m.cancel()
	m.gen++
	m.ctx, m.cancel = context.WithCancel(m.base)
	return m.ctx
}

// Ask runs cmd for the current generation.
func (m *Mailbox) Ask(cmd tea.Cmd) tea.Cmd { return Do(m.id, m.gen, cmd) }

// Act runs cmd and gets its answer whatever generation the page has then: for
// the results of actions, which may not be lost.
func (m *Mailbox) Act(cmd tea.Cmd) tea.Cmd { return Do(m.id, 0, cmd) }

// Close cancels all that the page has under way.
func (m *Mailbox) Close() { m.end() }
