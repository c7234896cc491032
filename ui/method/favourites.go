package method

import (
	"errors"
	"io/fs"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/page"
	"hubscope/ui/safe"
)

type (
	// favouritesMsg is what the file holds; show is set when somebody looks at it.
	favouritesMsg struct {
		all  []Favourite
		err  error
		show bool
		said page.Report // what was done, when something was
	}
	// takeMsg puts a favourite into the form.
	takeMsg struct{ favourite Favourite }
)

// readFavourites reads the file: another program may have written it. The list is shown at once, as it was known, and
// brought up to date when the file is read.
func (m *Memory) readFavourites(o bookOptions, show bool) tea.Cmd {
	var opened tea.Cmd
	if show {
		m.book = newBook(o, m.favourites)
		opened = o.ctx.Send(page.OpenDialog{Dialog: m.book})
	}
	path := m.path
	return tea.Batch(opened, o.act(func() tea.Msg {
		all, err := loadFavourites(path)
		return favouritesMsg{all: all, err: err, show: show}
	}))
}

func (p *Page) readFavourites(show bool) tea.Cmd { return p.o.Memory.readFavourites(p.book(), show) }

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

// onFavourites takes what the file holds, or reports what went wrong.
func (m *Memory) onFavourites(msg favouritesMsg) tea.Cmd {
	if msg.err != nil {
		if !msg.show && msg.said.Text == "" && errors.Is(msg.err, fs.ErrPermission) {
			return nil // told when somebody asks for them
		}
		sentence, next := fileTrouble(msg.err)
		r := page.Failed("the favourites", sentence, next)
		r.Detail = safe.Inline(msg.err.Error())
		return page.Tell(r)
	}
	m.favourites = msg.all
	if m.book != nil {
		m.book.renew(msg.all)
	}
	if msg.said.Text == "" {
		return nil
	}
	return page.Tell(msg.said)
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
