package page

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Severity orders reports.
type Severity int

// The severities. Each has a word and a sign, so that none needs colour.
const (
	Info Severity = iota
	Success
	Warning
	Failure
)

// Report is something that happened: it shows in the status line for a while and
// stays in the journal.
type Report struct {
	Severity   Severity
	Text       string // one plain sentence, no full stop
	Next       string // what to press or do, or ""
	Detail     string // for the journal only: the service's own words
	TrackingID string
	Time       time.Time // set by the root when zero
	Quiet      bool      // journal only: not worth the status line
}

// Tell returns a command that reports.
func Tell(r Report) tea.Cmd { return func() tea.Msg { return r } }

// Tab is one of the main screens.
type Tab int

// The tabs, in the order of their keys.
const (
	Devices Tab = iota
	Simulator
	Monitor
)

// ShowTab asks the root to show a tab.
type ShowTab struct{ Tab Tab }

// SelectDevice asks the root to show a device on the Devices tab.
type SelectDevice struct{ DeviceID string }

// ToggleSimulated starts or stops the simulated device of an identity.
type ToggleSimulated struct{ DeviceID string }

// FollowDevice asks for the events of one device, or of all when it is "".
type FollowDevice struct{ DeviceID string }

// DevicesChanged says that the registry or the set of simulated devices was
// changed by this program. The root gives it to every page.
type DevicesChanged struct{ DeviceIDs []string }

// ThemeMsg says that Context.Styles has changed: drop what is kept drawn.
type ThemeMsg struct{}

// EventRate tells the header how many events arrive; the event page sends it
// about once a second.
type EventRate struct{ PerSecond float64 }

// StreamHealth tells the header whether events can come. Only changes are told.
type StreamHealth struct{ Down bool }

// HubHealth tells the header whether the hub answers. A nil Err means it does.
type HubHealth struct{ Err error }

// OpenDialog puts a dialog on top of everything.
type OpenDialog struct{ Dialog Dialog }

// CloseDialog takes a dialog away, the topmost one when Dialog is nil.
type CloseDialog struct{ Dialog Dialog }

// FaultsActive tells the header how many faults on demand are in force.
type FaultsActive struct{ N int }

// ShowJournal, ShowHelp and ShowFaults open these pages.
type (
	ShowJournal struct{}
	ShowHelp    struct{}
	ShowFaults  struct{}
)

// ShowProfiles opens the page of device profiles for the simulated device under the
// cursor, if there is one. Its Seed shows the messages that it makes itself.
type ShowProfiles struct {
	DeviceID string
	Seed     uint64
}

// Dialog is a box over the screen: a form, a question, a menu. While it is the
// topmost it gets all keys but ctrl+c. The root draws the frame and the help.
type Dialog interface {
	// Update says done when the dialog wants to be taken away.
	Update(msg tea.Msg) (cmd tea.Cmd, done bool)
	// View draws the inside of the box, no wider and higher than this.
	View(maxWidth, maxHeight int) string
	Title() string
	ShortHelp() []key.Binding
	// Cursor is relative to the inside of the box; nil hides it.
	Cursor() *tea.Cursor
}

// Cautious is a dialog that ignores keys for a moment after it appeared, so that
// a key meant for the page below cannot confirm something destructive.
type Cautious interface{ Grace() time.Duration }

// StopSimulated stops all simulated devices.
type StopSimulated struct{}

// StartMany asks how to start the simulated devices of these identities.
type StartMany struct{ DeviceIDs []string }

// CallMany asks for the page that calls a direct method on these devices.
type CallMany struct{ DeviceIDs []string }

// UseProfile makes a profile the one of the simulated device of an identity, or that
// of all that are started from now on when DeviceID is "".
type UseProfile struct{ Name, DeviceID string }

// OpenModule asks for the pages of a module in place of those of its device.
type OpenModule struct{ DeviceID, ModuleID string }
