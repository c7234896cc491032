package c2d

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// focus puts the cursor into a part.
func (f *form) focus(at part) {
	f.blur()
	f.at = at
	if field := f.field(at); field != nil {
		field.Focus()
	}
	f.scroll()
}

func (f *form) blur() {
	for _, field := range f.fields {
		field.Blur()
	}
	f.file.path.Blur()
}

// rest is when the form is left: nothing is sent from it any more.
func (f *form) rest() {
	f.blur()
	f.file.sends = false
}

// toMistake goes to where the body or the properties are wrong.
func (f *form) toMistake() {
	switch {
	case f.json != nil:
		f.focus(bodyPart)
		if f.json.Line > 0 {
			f.body.Go(f.json.Line, f.json.Column)
		}
	case f.wrong != nil:
		f.focus(propertiesPart)
		f.props.Go(f.wrong.line, 1)
	}
}

// update types, chooses and moves between the parts.
func (f *form) update(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok && f.move(press) {
		return nil
	}
	defer f.scroll()
	if e := f.editorAt(f.at); e != nil {
		if e.Update(msg) {
			f.check()
		}
		return nil
	}
	if field := f.field(f.at); field != nil {
		return field.Update(msg)
	}
	return nil
}

func (f *form) move(msg tea.KeyPressMsg) bool {
	k := f.ctx.Keys
	vertical := msg.Code == tea.KeyUp || msg.Code == tea.KeyDown
	switch {
	case vertical && f.editorAt(f.at) != nil:
		return f.leaveEditor(msg)
	case f.at == bodyPart && f.kind == fileBody && f.file.choose(msg):
	case f.choose(msg):
	case key.Matches(msg, k.NextField):
		f.step(1)
	case key.Matches(msg, k.PreviousField):
		f.step(-1)
	default:
		return false
	}
	return true
}

// step goes to the next part, round and round.
func (f *form) step(n part) { f.focus((f.at + n + parts) % parts) }

// leaveEditor goes on to the next part at the ends of a text.
func (f *form) leaveEditor(msg tea.KeyPressMsg) bool {
	e := f.editorAt(f.at)
	line, _ := e.Position()
	switch {
	case msg.Code == tea.KeyUp && line == 1:
		f.step(-1)
	case msg.Code == tea.KeyDown && line == strings.Count(e.Text(), "\n")+1:
		f.step(1)
	default:
		return false
	}
	return true
}

// choose turns a choice.
func (f *form) choose(msg tea.KeyPressMsg) bool {
	k, at, n := f.ctx.Keys, &f.ack, len(acks)
	switch f.at {
	case kindPart:
		at, n = &f.kind, len(kindNames)
	case ackPart:
	default:
		return false
	}
	switch {
	case key.Matches(msg, k.Left):
		*at = (*at + n - 1) % n
	case key.Matches(msg, k.Right, k.Pause):
		*at = (*at + 1) % n
	default:
		return false
	}
	f.check()
	return true
}
