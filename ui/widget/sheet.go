package widget

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

// Sheet is a dialog of many short parts, a line for each: choices and texts. Below
// them stands what the one under the cursor means, or what is wrong with it. What
// was typed stays when a submission fails.
type Sheet struct {
	o      SheetOptions
	styles *theme.Styles
	keys   *keys.Map
	lines  []*sheetLine
	at     int
	busy   bool
	failed string
	next   string

	progress string // of what is busy; "" for what the options say
}

// SheetOptions are what a sheet is for.
type SheetOptions struct {
	Title string
	Verb  string // what enter does, such as "add"
	Doing string // said while it is done, such as "adding the fault"
	// LabelWidth is how wide the labels are, in cells: 14 by default.
	LabelWidth int
	// Submit is called with all lines good. The sheet stays open until its owner
	// closes it or the user leaves it.
	Submit func(*Sheet) tea.Cmd
	// Changed is told of the line whose value has just changed; it may set, hide and
	// rename others. Its command is run.
	Changed func(s *Sheet, line int) tea.Cmd
	// Left is called when the user leaves the sheet, to end what Submit began.
	Left func()
	// Below draws more under the notes, in at most so many cells and lines; it must
	// keep its height while the sheet is open.
	Below func(width, height int) []string
}

// NewSheet returns a sheet with the first line under the cursor.
func NewSheet(s *theme.Styles, k *keys.Map, o SheetOptions, lines ...Line) *Sheet {
	if o.LabelWidth == 0 {
		o.LabelWidth = 14
	}
	sheet := &Sheet{o: o, styles: s, keys: k}
	for _, l := range lines {
		sheet.lines = append(sheet.lines, newSheetLine(l))
	}
	sheet.lines[0].focus(true)
	return sheet
}

// Value is what a line says.
func (f *Sheet) Value(line int) string { return f.lines[line].value() }

// Chosen is which option of a choice is taken.
func (f *Sheet) Chosen(line int) int { return f.lines[line].at }

// Set changes what a line says.
func (f *Sheet) Set(line int, value string) { f.lines[line].set(value) }

// Rename changes the label and the hint of a line.
func (f *Sheet) Rename(line int, label, hint string) {
	f.lines[line].Label, f.lines[line].Hint = label, hint
}

// Hide takes a line out of the sheet, or puts it back. The sheet keeps its height.
func (f *Sheet) Hide(line int, hidden bool) { f.lines[line].Hidden = hidden }

// Fail says why a submission did not work, and what to do next.
func (f *Sheet) Fail(sentence, next string) { f.busy, f.failed, f.next = false, sentence, next }

// Say says how far a submission is, in place of Doing.
func (f *Sheet) Say(progress string) { f.progress = progress }

// Problem is the first error of a check, or nil.
func (f *Sheet) Problem() error {
	for _, l := range f.lines {
		if err := l.problem(); err != nil {
			return err
		}
	}
	return nil
}

// Title is the heading of the box.
func (f *Sheet) Title() string { return f.o.Title }

// ShortHelp lists what works in the sheet.
func (f *Sheet) ShortHelp() []key.Binding {
	k := f.keys
	submit, choose := k.Confirm, k.Left
	submit.SetHelp("enter", f.o.Verb)
	submit.SetEnabled(!f.busy && f.Problem() == nil)
	choose.SetHelp("←→", "choose")
	choose.SetEnabled(f.lines[f.at].input == nil)
	return []key.Binding{submit, k.Cancel, k.NextField, choose}
}

// Update types, chooses, moves, submits or leaves.
func (f *Sheet) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return f.edit(msg), false
	}
	k := f.keys
	switch {
	case key.Matches(press, k.Cancel):
		if f.o.Left != nil {
			f.o.Left()
		}
		return nil, true
	case key.Matches(press, k.Confirm):
		return f.enter(), false
	case key.Matches(press, k.NextField):
		f.move(1)
	case key.Matches(press, k.PreviousField):
		f.move(-1)
	default:
		return f.edit(msg), false
	}
	return nil, false
}

func (f *Sheet) enter() tea.Cmd {
	if f.busy {
		return nil
	}
	if f.Problem() != nil {
		for _, l := range f.lines { // what nobody has begun is missing now
			l.touched = true
		}
		return nil
	}
	f.busy, f.failed, f.next, f.progress = true, "", "", ""
	return f.o.Submit(f)
}

// move goes to the next line that can be seen.
func (f *Sheet) move(n int) {
	f.lines[f.at].focus(false)
	for range f.lines {
		f.at = (f.at + n + len(f.lines)) % len(f.lines)
		if !f.lines[f.at].Hidden {
			break
		}
	}
	f.lines[f.at].focus(true)
}

func (f *Sheet) edit(msg tea.Msg) tea.Cmd {
	l := f.lines[f.at]
	before := l.value()
	cmd := l.update(msg, f.keys)
	if l.value() == before {
		return cmd
	}
	f.failed, f.next, l.touched = "", "", true
	if f.o.Changed != nil {
		cmd = tea.Batch(cmd, f.o.Changed(f, f.at))
	}
	return cmd
}
