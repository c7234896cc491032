package method

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// bookOptions are what the list of favourites works on.
type bookOptions struct {
	ctx    *page.Context
	memory *Memory
	act    func(tea.Cmd) tea.Cmd // gives the answer of a command to the page
	call   hub.MethodCall        // the one that is written
	writes bool                  // it can be kept: there is one, with nothing wrong
}

// book is the list of favourites: one is taken, the call that is written is kept, or one is removed.
type book struct {
	o   bookOptions
	all []Favourite
	at  int
}

func newBook(o bookOptions, all []Favourite) *book { return &book{o: o, all: all} }

// renew takes what the file holds now. The cursor stays on its favourite.
func (b *book) renew(all []Favourite) {
	name := ""
	if b.at < len(b.all) {
		name = b.all[b.at].Name
	}
	b.all = all
	b.at = max(0, min(b.at, len(all)-1))
	for i, f := range all {
		if f.Name == name {
			b.at = i
		}
	}
}

// Title implements page.Dialog.
func (b *book) Title() string { return "Favourite methods" }

// Cursor implements page.Dialog.
func (b *book) Cursor() *tea.Cursor { return nil }

// ShortHelp implements page.Dialog.
func (b *book) ShortHelp() []key.Binding {
	k := *b.o.ctx.Keys
	k.Confirm.SetHelp("enter", "take")
	k.Confirm.SetEnabled(len(b.all) > 0)
	k.New.SetHelp("n", "keep the call written")
	k.New.SetEnabled(b.o.writes && b.o.memory.path != "")
	k.Delete.SetHelp("d", "remove")
	k.Delete.SetEnabled(len(b.all) > 0)
	return []key.Binding{k.Confirm, k.New, k.Delete, k.Cancel}
}

// Update implements page.Dialog.
func (b *book) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	k, n := b.o.ctx.Keys, len(b.all)
	switch {
	case key.Matches(press, k.Cancel, k.Quit):
		return nil, true
	case key.Matches(press, k.New):
		return b.keep(), b.o.writes
	case n == 0:
		return nil, false
	case key.Matches(press, k.Up):
		b.at = (b.at + n - 1) % n
	case key.Matches(press, k.Down):
		b.at = (b.at + 1) % n
	case key.Matches(press, k.Top):
		b.at = 0
	case key.Matches(press, k.Bottom):
		b.at = n - 1
	case key.Matches(press, k.Confirm):
		one := b.all[b.at]
		return b.o.act(func() tea.Msg { return takeMsg{one} }), true
	case key.Matches(press, k.Delete):
		return b.askRemove(b.all[b.at]), true
	}
	return nil, false
}

// keep asks for the name under which the call is kept.
func (b *book) keep() tea.Cmd {
	if !b.o.writes || b.o.memory.path == "" {
		return nil
	}
	o, call := b.o, b.o.call
	var form *widget.Form
	form = widget.NewForm(o.ctx.Styles, o.ctx.Keys, "Keep as a favourite", "keep", func(values []string) tea.Cmd {
		one := favouriteOf(strings.TrimSpace(values[0]), call)
		return tea.Batch(o.ctx.Send(page.CloseDialog{Dialog: form}), o.change(one.Name+" is a favourite now", func(all []Favourite) []Favourite { return with(all, one) }))
	}, widget.Field{
		Label: "Name", Value: call.Name, Limit: 60, Hint: aboutCall(call),
		Say: func(text string) string {
			for _, f := range b.all {
				if f.Name == strings.TrimSpace(text) {
					return "There is one of this name: it is replaced."
				}
			}
			return aboutCall(call)
		},
		Check: checkFavouriteName,
	})
	return o.ctx.Send(page.OpenDialog{Dialog: form})
}

func checkFavouriteName(text string) error {
	if strings.TrimSpace(text) == "" {
		return errNoName
	}
	return nil
}

// aboutCall is a call in a line.
func aboutCall(c hub.MethodCall) string {
	text := c.Name
	if payload := compact(c.Payload); payload != "" {
		text += " " + payload
	}
	return safe.Line(text, 150)
}

func (b *book) askRemove(f Favourite) tea.Cmd {
	remove := b.o.change(f.Name+" is no favourite any more", func(all []Favourite) []Favourite { return without(all, f.Name) })
	return b.o.ctx.Send(page.OpenDialog{Dialog: widget.NewConfirm(b.o.ctx.Styles, "Remove a favourite",
		"Remove "+safe.Line(f.Name, 60)+" from the favourites?", "remove", remove, aboutCall(f.call()))})
}

// change changes the file, and tells of it.
func (o bookOptions) change(said string, how func([]Favourite) []Favourite) tea.Cmd {
	path := o.memory.path
	return o.act(func() tea.Msg {
		all, err := changeFavourites(path, how)
		return favouritesMsg{all: all, err: err, said: page.Report{Severity: page.Success, Text: safe.Inline(said)}}
	})
}

const bookNames = 24

// View implements page.Dialog.
func (b *book) View(maxWidth, maxHeight int) string {
	s, width := b.o.ctx.Styles, min(maxWidth, 90)
	if len(b.all) == 0 {
		text := "No favourites yet: write a call, then n here keeps it under a name."
		if b.o.memory.path == "" {
			text = "There is no configuration folder to keep favourites in."
		}
		return s.Muted.Render(strings.Join(widget.Wrap(text, min(width, 60)), "\n"))
	}
	from := max(0, b.at-maxHeight+1)
	lines := make([]string, 0, len(b.all))
	for i, f := range b.all[from:min(len(b.all), from+maxHeight)] {
		lines = append(lines, b.line(f, from+i == b.at, width))
	}
	return strings.Join(lines, "\n")
}

func (b *book) line(f Favourite, here bool, width int) string {
	s := b.o.ctx.Styles
	over, mark := s.Text.UnsetForeground(), "  "
	if here {
		over, mark = s.Selected, "▸ "
	}
	text := s.Marker.Inherit(over).Render(mark) +
		s.Strong.Inherit(over).Render(widget.Fit(safe.Line(f.Name, bookNames), bookNames+2)) +
		s.Text.Inherit(over).Render(widget.Fit(safe.Line(f.Method, bookNames), bookNames+2))
	rest := max(0, width-4-2*bookNames-2)
	return text + s.Muted.Inherit(over).Render(widget.Fit(safe.Line(compact(f.call().Payload), rest), rest))
}
