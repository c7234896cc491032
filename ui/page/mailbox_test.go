package page

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/theme"
)

type answer string

func ask(s string) tea.Cmd { return func() tea.Msg { return answer(s) } }

func TestDoAddressesAnswers(t *testing.T) {
	if got := Do(3, 7, ask("a"))(); got != (Envelope{To: 3, Generation: 7, Msg: answer("a")}) {
		t.Errorf("got %+v", got)
	}
	if Do(3, 7, nil) != nil {
		t.Error("no command became one")
	}
	if got := Do(3, 7, func() tea.Msg { return nil })(); got != nil {
		t.Errorf("no answer became %+v", got)
	}
	// What is addressed already keeps its address.
	if got := Do(1, 1, Do(3, 7, ask("a")))(); got != (Envelope{To: 3, Generation: 7, Msg: answer("a")}) {
		t.Errorf("got %+v", got)
	}
}

func TestDoAddressesEachOfABatch(t *testing.T) {
	batch, ok := Do(3, 7, tea.Batch(ask("a"), ask("b")))().(tea.BatchMsg)
	if !ok || len(batch) != 2 {
		t.Fatalf("got %T of %d", batch, len(batch))
	}
	for i, want := range []answer{"a", "b"} {
		if got := batch[i](); got != (Envelope{To: 3, Generation: 7, Msg: want}) {
			t.Errorf("got %+v", got)
		}
	}
}

func TestMailbox(t *testing.T) {
	base, end := context.WithCancel(t.Context())
	c := NewContext(base, theme.Dark)
	m, other := c.NewMailbox(), c.NewMailbox()
	id, generation := m.Address()
	if otherID, _ := other.Address(); id == 0 || id == otherID {
		t.Errorf("ids %d and %d", id, otherID)
	}
	first, life := m.Context(), m.Base()
	m.Renew()
	if _, now := m.Address(); now == generation {
		t.Error("a new generation has the old number")
	}
	if first.Err() == nil || m.Context().Err() != nil || life.Err() != nil {
		t.Error("Renew must end the old generation and nothing else")
	}
	if got := m.Ask(ask("a"))().(Envelope); got.Generation != generation+1 {
		t.Errorf("asked as generation %d", got.Generation)
	}
	if got := m.Act(ask("a"))().(Envelope); got.Generation != 0 {
		t.Errorf("an action's result is of generation %d: a reload would lose it", got.Generation)
	}
	m.Close()
	if m.Context().Err() == nil || life.Err() == nil {
		t.Error("Close must end all that is under way")
	}
	end()
	if other.Context().Err() == nil {
		t.Error("the end of the program must end all that is under way")
	}
}
