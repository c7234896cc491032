package monitor

import "charm.land/bubbles/v2/key"

// figureKeys are those of figures and marks.
type figureKeys struct {
	figures, mark, nextMark, previousMark key.Binding
}

func newFigureKeys() figureKeys {
	bind := func(pressed, desc string) key.Binding {
		return key.NewBinding(key.WithKeys(pressed), key.WithHelp(pressed, desc))
	}
	return figureKeys{
		figures: bind("v", "show/hide figures"), mark: bind("b", "mark this event/unmark"),
		nextMark: bind("]", "next mark"), previousMark: bind("[", "previous mark"),
	}
}

// figureHelp is their part of the help.
func (p *Page) figureHelp() []key.Binding {
	k := &p.keys
	return append([]key.Binding{k.mark, k.previousMark, k.nextMark, k.figures}, p.figures.FullHelp()...)
}
