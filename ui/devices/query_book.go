package devices

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/query"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// keptMsg is what the file of queries holds.
type keptMsg struct {
	kept  query.Kept
	err   error
	quiet bool        // an error has nothing to do with what the user does
	said  page.Report // what was done, when something was
	form  bool        // the form for a name is done
	show  bool        // open the list
}

// naming is the form for the name of a favourite.
type naming struct{ form *widget.Form }

// readKept reads the file: another program may have written it.
func (p *Page) readKept() tea.Cmd {
	book := p.queries.book
	return p.Act(func() tea.Msg {
		kept, err := book.Load()
		return keptMsg{kept: kept, err: err, quiet: true}
	})
}

// remember puts a query that was answered into the history.
func (p *Page) remember(text string) tea.Cmd {
	p.queries.kept = p.queries.kept.Asked(text)
	p.queries.bar.Remember(p.queries.kept.History)
	book := p.queries.book
	if !book.Keeps() {
		return nil
	}
	return p.Act(func() tea.Msg {
		kept, err := book.Change(func(k query.Kept) query.Kept { return k.Asked(text) })
		return keptMsg{kept: kept, err: err, quiet: true}
	})
}

// changeKept changes the file and tells of it.
func (p *Page) changeKept(said string, form bool, how func(query.Kept) query.Kept) tea.Cmd {
	book := p.queries.book
	return p.Act(func() tea.Msg {
		kept, err := book.Change(how)
		return keptMsg{kept: kept, err: err, form: form, said: page.Report{Severity: page.Success, Text: safe.Inline(said)}}
	})
}

func (p *Page) onKept(m keptMsg) tea.Cmd {
	if m.err != nil {
		return p.notKept(m)
	}
	p.queries.kept = m.kept
	p.queries.bar.Remember(m.kept.History)
	var cmds []tea.Cmd
	if n := p.queries.naming; m.form && n != nil {
		p.queries.naming = nil
		cmds = append(cmds, p.ctx.Send(page.CloseDialog{Dialog: n.form}))
	}
	if m.said.Text != "" {
		cmds = append(cmds, page.Tell(m.said))
	}
	if m.show {
		cmds = append(cmds, p.ctx.Send(page.OpenDialog{Dialog: &favourites{p: p}}))
	}
	return tea.Batch(cmds...)
}

// notKept says why the file could not be read or written, in the form if there is one.
func (p *Page) notKept(m keptMsg) tea.Cmd {
	if !p.queries.book.Keeps() && m.quiet {
		return nil
	}
	sentence, next := p.fileTrouble(m.err)
	if n := p.queries.naming; m.form && n != nil {
		n.form.Fail(sentence, next)
	}
	r := page.Failed("the queries are not kept", sentence, next)
	r.Severity, r.Quiet = page.Warning, m.form
	r.Detail = safe.Inline(m.err.Error())
	return page.Tell(r)
}

// fileTrouble says an error of the file in words, and what can be done.
func (p *Page) fileTrouble(err error) (sentence, next string) {
	name := filepath.Base(p.queries.book.Path())
	switch {
	case errors.Is(err, query.ErrUnreadable):
		return name + " does not read and was left as it is", "mend it in the configuration folder, or move it away"
	case errors.Is(err, fs.ErrPermission):
		return "the system does not allow it", "give yourself the right to " + name + " and its folder"
	}
	return safe.Inline(err.Error()), "look at the configuration folder"
}

// askName asks for the name under which the query in the bar is kept.
func (p *Page) askName() tea.Cmd {
	text := strings.TrimSpace(p.queries.bar.Value())
	if !p.queries.book.Keeps() {
		return page.Tell(page.Report{Severity: page.Warning, Text: query.ErrNoFolder.Error()})
	}
	name := p.queries.kept.FreeName()
	for _, f := range p.queries.kept.Favourites {
		if f.Text == text {
			name = f.Name
		}
	}
	form := widget.NewForm(p.ctx.Styles, p.ctx.Keys, "Keep the query", "keep", func(values []string) tea.Cmd {
		one := query.Favourite{Name: strings.TrimSpace(values[0]), Text: text}
		p.queries.naming.form.Busy("keeping the query")
		return p.changeKept(one.Name+" is kept", true, func(k query.Kept) query.Kept { return k.With(one) })
	}, widget.Field{
		Label: "Name", Value: name, Limit: 60, Hint: safe.Line(text, 60), Check: query.CheckName,
		Say: func(typed string) string {
			if _, there := p.queries.kept.Favourite(strings.TrimSpace(typed)); there {
				return "There is one of this name: it is replaced."
			}
			return safe.Line(text, 60)
		},
	})
	p.queries.naming = &naming{form}
	return p.ctx.Send(page.OpenDialog{Dialog: form})
}

// showFavourites reads the file and opens the list of favourites.
func (p *Page) showFavourites() tea.Cmd {
	book := p.queries.book
	return p.Act(func() tea.Msg {
		kept, err := book.Load()
		return keptMsg{kept: kept, err: err, show: true}
	})
}

// favourites is the dialog with the queries that are kept under a name.
type favourites struct {
	p  *Page
	at int
}

func (f *favourites) all() []query.Favourite { return f.p.queries.kept.Favourites }

// Title implements page.Dialog.
func (f *favourites) Title() string { return "Queries" }

// Cursor implements page.Dialog.
func (f *favourites) Cursor() *tea.Cursor { return nil }

// ShortHelp implements page.Dialog.
func (f *favourites) ShortHelp() []key.Binding {
	k := *f.p.ctx.Keys
	some := len(f.all()) > 0
	k.Confirm.SetHelp("enter", "ask")
	k.Edit.SetHelp("e", "edit")
	k.Delete.SetHelp("d", "remove")
	for _, b := range []*key.Binding{&k.Confirm, &k.Edit, &k.Delete} {
		b.SetEnabled(some)
	}
	return []key.Binding{k.Confirm, k.Edit, k.Delete, k.Cancel}
}

// Update implements page.Dialog.
func (f *favourites) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	k, all := f.p.ctx.Keys, f.all()
	if key.Matches(press, k.Cancel, k.Quit) {
		return nil, true
	}
	if len(all) == 0 {
		return nil, false
	}
	f.at = min(f.at, len(all)-1)
	switch {
	case key.Matches(press, k.Confirm):
		return f.take(all[f.at], true), true
	case key.Matches(press, k.Edit):
		return f.take(all[f.at], false), true
	case key.Matches(press, k.Delete):
		return f.askRemove(all[f.at]), false
	}
	if n, moves := k.Step(press, 10); moves {
		f.at = max(0, min(f.at+n, len(all)-1))
	}
	return nil, false
}

// take puts a favourite into the bar, and asks it.
func (f *favourites) take(one query.Favourite, ask bool) tea.Cmd {
	p := f.p
	opened := p.openBar()
	p.queries.bar.Set(one.Text)
	if !ask {
		return opened
	}
	return tea.Batch(opened, p.typeQuery(tea.KeyPressMsg{Code: tea.KeyEnter}))
}

func (f *favourites) askRemove(one query.Favourite) tea.Cmd {
	p := f.p
	remove := p.changeKept(one.Name+" is not kept any more", false, func(k query.Kept) query.Kept { return k.Without(one.Name) })
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewConfirm(p.ctx.Styles, "Remove a query",
		"Remove "+safe.Line(one.Name, 60)+" from the queries that are kept?", "remove", remove, safe.Line(one.Text, 60))})
}

const favouriteNames = 24

// View implements page.Dialog.
func (f *favourites) View(maxWidth, maxHeight int) string {
	s, width, all := f.p.ctx.Styles, min(maxWidth, 100), f.all()
	if len(all) == 0 {
		return s.Muted.Render(strings.Join(widget.Wrap("None yet: Q opens the bar, and ctrl+s there keeps a query under a name.", min(width, 56)), "\n"))
	}
	f.at = min(f.at, len(all)-1)
	from := max(0, f.at-maxHeight+1)
	var lines []string
	for i, one := range all[from:min(len(all), from+maxHeight)] {
		over, mark := s.Text.UnsetForeground(), "  "
		if from+i == f.at {
			over, mark = s.Selected, "▸ "
		}
		room := max(0, width-4-favouriteNames)
		lines = append(lines, s.Marker.Inherit(over).Render(mark)+
			s.Strong.Inherit(over).Render(widget.Fit(safe.Line(one.Name, favouriteNames), favouriteNames+2))+
			s.Text.Inherit(over).Render(widget.Fit(safe.Line(one.Text, room), room)))
	}
	return strings.Join(lines, "\n")
}
