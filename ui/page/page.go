// Package page holds what every screen of hubscope shares: the contract of a
// page, the context it is built with, and the messages pages use to talk to the
// root model. It imports no page, so that pages never import each other.
package page

import (
	"charm.land/bubbles/v2/help"
	tea "charm.land/bubbletea/v2"
)

// Page is one screen. The root model owns it and calls it from the event loop
// only, so a page needs no locks.
type Page interface {
	// Init returns the first load. It is called once, when the page is opened.
	Init() tea.Cmd
	// Update only decides: reading, writing and waiting go in the command.
	Update(msg tea.Msg) tea.Cmd
	// View draws exactly the size of the last SetSize and changes no state.
	View() string
	// SetSize gives the room in cells. It is called before the first View and
	// at each change, and changes sizes and scroll limits only.
	SetSize(width, height int)
	// Title is the name of the page, a word or two.
	Title() string
	// ShortHelp and FullHelp list what works right now.
	help.KeyMap
}

// TextCapturer is a page that is being typed into: global keys such as q and 1
// then belong to the page.
type TextCapturer interface{ CapturesText() bool }

// Backer is a page laid over the tabs that has a use for the key that leaves it: it cancels something, or closes something
// inside of the page. While TakesBack is true the key belongs to the page.
type Backer interface{ TakesBack() bool }

// Watcher is a page that is told whether it can be seen, so that it polls and
// ticks only then. SetVisible(true) returns the command that starts the tick.
type Watcher interface{ SetVisible(visible bool) tea.Cmd }

// Focuser is a page that draws differently when the keys go elsewhere.
type Focuser interface{ SetFocused(focused bool) }

// Cursorer is a page with a text cursor. The position is relative to the page;
// nil hides the cursor.
type Cursorer interface{ Cursor() *tea.Cursor }

// Paned is a page with several panes. NextPane moves the focus to the next or
// previous one and says whether there was one; EnterPanes puts it on the first,
// or on the last when coming from behind.
type Paned interface {
	NextPane(forward bool) bool
	EnterPanes(forward bool)
}

// Divided is a page with vertical lines that reach its top (above) and bottom
// edge: the rules around it meet them.
type Divided interface{ Dividers() (top, bottom []int) }

// Closer is a page with something to release when it is closed.
type Closer interface{ Close() }

// Unsaved is a page that may hold something that ends with the program. Unsaved gives a sentence that says what
// would be lost, harmless and without a full stop; "" when nothing would be. The user is asked before the
// program ends.
type Unsaved interface{ Unsaved() string }

// Addressee is a page that gets the answers to its own commands. Embed a
// Mailbox to be one.
type Addressee interface {
	Address() (id ID, generation uint64)
}

// Selector is a page with a device under its cursor, or "".
type Selector interface{ SelectedDevice() string }

// Commander is a page that offers actions to the command palette.
type Commander interface{ Commands() []Command }

// Command is one entry of the command palette.
type Command struct {
	Name string // what is typed, such as "stop all"
	Desc string // what it does, a short sentence
	Run  func() tea.Cmd
}
