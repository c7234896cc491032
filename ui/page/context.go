package page

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

// Context is what every page is built with.
type Context struct {
	// Base ends when the program does. Nil means context.Background.
	Base context.Context
	// Styles are changed in place when the theme changes; ThemeMsg tells of it.
	Styles *theme.Styles
	Keys   *keys.Map
	// Now and Location are fixed by tests. Nil means the real ones.
	Now      func() time.Time
	Location *time.Location
	// Hub is the name of the hub as the user knows it, Local says that it is the
	// built-in one.
	Hub   string
	Local bool
	// Rights are what can be done on the hub. Nil: everything.
	Rights *Rights

	// Deliver takes a message to the root at once, within the same Update. Nil:
	// messages travel as commands.
	Deliver func(tea.Msg)

	lastID ID
}

// Send gives a message to the root before the next key is read, so that nothing
// typed gets ahead of, say, the dialog that it opens. It returns the command to
// return from Update, which is nil when the message was delivered.
func (c *Context) Send(msg tea.Msg) tea.Cmd {
	if c.Deliver == nil {
		return func() tea.Msg { return msg }
	}
	c.Deliver(msg)
	return nil
}

// NewContext returns a context with the defaults filled in.
func NewContext(base context.Context, mode theme.Mode) *Context {
	styles := theme.New(mode)
	bindings := keys.Default()
	return &Context{Base: base, Styles: &styles, Keys: &bindings, Now: time.Now, Location: time.Local}
}

// NewMailbox returns the address of a new page.
func (c *Context) NewMailbox() Mailbox {
	c.lastID++
	base := c.Base
	if base == nil {
		base = context.Background()
	}
	base, end := context.WithCancel(base)
	ctx, cancel := context.WithCancel(base)
	return Mailbox{id: c.lastID, gen: 1, base: base, ctx: ctx, cancel: cancel, end: end}
}

// Time is now in the zone of the screen.
func (c *Context) Time() time.Time {
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	return c.Zoned(now())
}

// Zoned is t in the zone of the screen.
func (c *Context) Zoned(t time.Time) time.Time {
	if c.Location == nil {
		return t.Local()
	}
	return t.In(c.Location)
}
