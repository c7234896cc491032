package faults

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// change does something to the faults and then reads them anew.
func (p *Page) change(done, failed string, do func(ctx context.Context, s Store) error) tea.Cmd {
	base, store := p.Base(), p.store
	return p.Act(func() tea.Msg {
		ctx, cancel := context.WithTimeout(base, callLimit)
		defer cancel()
		return changedMsg{done, failed, do(ctx, store)}
	})
}

func (p *Page) add(f hub.Fault) tea.Cmd {
	name := describe(f)
	return p.change("fault added: "+name, "the fault was not added", func(ctx context.Context, s Store) error {
		_, err := s.AddFaults(ctx, f)
		return err
	})
}

func (p *Page) remove() tea.Cmd {
	f, ok := p.rows.selected(p.table)
	if !ok {
		return nil
	}
	return p.change("fault removed: "+describe(f.Fault), "the fault was not removed", func(ctx context.Context, s Store) error {
		return s.RemoveFault(ctx, f.ID)
	})
}

func (p *Page) clear() tea.Cmd {
	n := p.rows.Len()
	if n == 0 {
		return nil
	}
	return p.change(widget.Plural(n, "fault")+" removed", "the faults were not removed", func(ctx context.Context, s Store) error {
		return s.ClearFaults(ctx)
	})
}

func (p *Page) onChanged(m changedMsg) tea.Cmd {
	if m.err != nil {
		sentence, next := hub.Explain(m.err)
		if p.form != nil {
			p.form.Fail(safe.Inline(sentence), safe.Inline(next))
		}
		r := page.Failed(m.failed, sentence, next)
		r.Detail = m.err.Error()
		return tea.Batch(p.load(), page.Tell(r))
	}
	tell := page.Tell(page.Report{Severity: page.Success, Text: m.done})
	if p.form == nil {
		return tea.Batch(p.load(), tell)
	}
	form := p.form
	p.form = nil
	return tea.Batch(p.load(), tell, p.ctx.Send(page.CloseDialog{Dialog: form}))
}

func (p *Page) openForm() tea.Cmd {
	p.form = newForm(p.ctx, p.add)
	return p.ctx.Send(page.OpenDialog{Dialog: p.form})
}

// openPresets offers what people want most often, by one key.
func (p *Page) openPresets() tea.Cmd {
	p.form = nil
	var choices []widget.Choice
	for i, preset := range presets {
		choices = append(choices, widget.Choice{
			Key: string(rune('1' + i)), Label: preset.name, Hint: preset.hint, Run: p.add(preset.fault),
		})
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Add a fault", choices...)})
}
