package method

import (
	"errors"
	"io/fs"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
)

type (
	// favouritesMsg is what the file holds; show opens the list of them.
	favouritesMsg struct {
		all  []Favourite
		err  error
		show bool
		said page.Report // what was done, when something was
	}
	// takeMsg puts a favourite into the form.
	takeMsg struct{ favourite Favourite }
)

// readFavourites reads the file: another program may have written it.
func (p *Page) readFavourites(show bool) tea.Cmd {
	path := p.o.Memory.path
	return p.Act(func() tea.Msg {
		all, err := loadFavourites(path)
		return favouritesMsg{all: all, err: err, show: show}
	})
}

func (p *Page) onFavourites(m favouritesMsg) tea.Cmd {
	if m.err == nil {
		p.o.Memory.favourites = m.all
	}
	return p.o.Memory.onFavourites(m, p.book())
}

// book is the list of favourites over this section.
func (p *Page) book() bookOptions {
	o := bookOptions{ctx: p.ctx, memory: p.o.Memory, act: p.Act}
	if p.desk == nil {
		return o
	}
	call, _, err := p.desk.form.call()
	o.call, o.writes = call, err == nil
	return o
}

// onFavourites reports what went wrong, or opens the list.
func (m *Memory) onFavourites(msg favouritesMsg, o bookOptions) tea.Cmd {
	if msg.err != nil {
		if !msg.show && msg.said.Text == "" && errors.Is(msg.err, fs.ErrPermission) {
			return nil // told when somebody asks for them
		}
		sentence, next := fileTrouble(msg.err)
		r := page.Failed("the favourites", sentence, next)
		r.Detail = safe.Inline(msg.err.Error())
		return page.Tell(r)
	}
	var cmds []tea.Cmd
	if msg.said.Text != "" {
		cmds = append(cmds, page.Tell(msg.said))
	}
	if msg.show {
		cmds = append(cmds, o.ctx.Send(page.OpenDialog{Dialog: newBook(o, msg.all)}))
	}
	return tea.Batch(cmds...)
}

// fileTrouble says an error of the file in words, and what can be done.
func fileTrouble(err error) (sentence, next string) {
	var path *fs.PathError
	switch {
	case errors.Is(err, errUnreadable):
		return safe.Inline(err.Error()), "mend the file methods.toml in the configuration folder, or move it away"
	case errors.Is(err, fs.ErrPermission):
		return "the system does not allow it", "give yourself the right to the file methods.toml and its folder"
	case errors.As(err, &path):
		return safe.Inline(path.Err.Error()), "look at the configuration folder"
	}
	return safe.Inline(err.Error()), ""
}

// onTake puts a favourite into the form and lets it be changed.
func (p *Page) onTake(m takeMsg) tea.Cmd {
	if p.desk == nil {
		return nil
	}
	p.desk.touched = true
	p.desk.form.take(m.favourite.call())
	p.desk.form.at = payloadPart
	return p.write()
}
