package detail

import (
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// fake is a section that notes what is done with it.
type fake struct {
	title   string
	did     []string
	typing  bool
	takes   string // a key of its own
	visible bool
}

func (f *fake) note(what string)          { f.did = append(f.did, what) }
func (f *fake) Init() tea.Cmd             { return nil }
func (f *fake) Update(tea.Msg) tea.Cmd    { f.note("update"); return nil }
func (f *fake) View() string              { return "inside " + f.title }
func (f *fake) SetSize(int, int)          {}
func (f *fake) Title() string             { return f.title }
func (f *fake) ShortHelp() []key.Binding  { return nil }
func (f *fake) FullHelp() [][]key.Binding { return nil }
func (f *fake) Forget()                   { f.note("forget") }
func (f *fake) CapturesText() bool        { return f.typing }
func (f *fake) SetVisible(v bool) tea.Cmd { f.visible = v; return nil }
func (f *fake) Show(d hub.Device, m string) tea.Cmd {
	f.note(strings.TrimRight("show "+d.DeviceID+" "+m, " "))
	return nil
}

func (f *fake) Press(msg tea.KeyPressMsg) (tea.Cmd, bool) { return nil, msg.String() == f.takes }

func newPage(t *testing.T) (p *Page, first, second, module *fake) {
	t.Helper()
	first, second, module = &fake{title: "Identity"}, &fake{title: "Twin"}, &fake{title: "Module"}
	p = New(page.NewContext(t.Context(), theme.Mono), []Section{first, second}, []Section{module})
	p.SetSize(60, 10)
	p.SetVisible(true)
	p.SetFocused(true)
	return p, first, second, module
}

func TestOnlyTheSectionInSightIsShownAnything(t *testing.T) {
	p, first, second, _ := newPage(t)
	p.SetDevice(hub.Device{DeviceID: "a"})
	p.SetDevice(hub.Device{DeviceID: "b"})
	if !slices.Equal(first.did, []string{"show a", "show b"}) || len(second.did) > 0 {
		t.Errorf("first %q, second %q", first.did, second.did)
	}
	if !first.visible || second.visible {
		t.Error("the wrong section is told that it can be seen")
	}
	p.Press(uitest.Key("]"))
	if !slices.Equal(second.did, []string{"show b"}) || first.visible || !second.visible {
		t.Errorf("after a turn: second %q, seen %v and %v", second.did, first.visible, second.visible)
	}
	p.Press(uitest.Key("]"))
	if p.Title() != "Identity" {
		t.Errorf("two turns of two sections end at %s", p.Title())
	}
	if text := ansi.Strip(p.View()); !strings.Contains(text, "b\n") && !strings.Contains(text, " b ") || !strings.Contains(text, "Identity  Twin") || !strings.Contains(text, "inside Identity") {
		t.Errorf("drawn:\n%s", text)
	}
}

func TestASectionHasItsKeysFirst(t *testing.T) {
	p, first, _, _ := newPage(t)
	p.SetDevice(hub.Device{DeviceID: "a"})
	first.takes = "]"
	if _, taken := p.Press(uitest.Key("]")); !taken || p.Title() != "Identity" {
		t.Error("the key of the section turned the page")
	}
	first.takes, first.typing = "", true
	if _, taken := p.Press(uitest.Key("]")); !taken || p.Title() != "Identity" {
		t.Error("what is typed turned the page")
	}
	first.typing = false
	if _, taken := p.Press(uitest.Key("d")); taken {
		t.Error("a key that nobody wants does not reach the list")
	}
}

func TestAModuleIsLeftByBackAndByAnotherDevice(t *testing.T) {
	p, _, _, module := newPage(t)
	p.SetDevice(hub.Device{DeviceID: "a"})
	p.Update(page.OpenModule{DeviceID: "other", ModuleID: "m"})
	if p.Title() != "Identity" {
		t.Error("a module of another device was opened")
	}
	p.Update(page.OpenModule{DeviceID: "a", ModuleID: "m"})
	if p.Title() != "Module" || !slices.Equal(module.did, []string{"show a m"}) {
		t.Errorf("at %s, module %q", p.Title(), module.did)
	}
	if _, taken := p.Back(); !taken || p.Title() != "Identity" {
		t.Errorf("after back at %s", p.Title())
	}
	if _, taken := p.Back(); taken {
		t.Error("there was nothing to go back from")
	}
	p.Update(page.OpenModule{DeviceID: "a", ModuleID: "m"})
	p.SetDevice(hub.Device{DeviceID: "b"})
	if p.Title() != "Identity" {
		t.Error("the module of another device is still open")
	}
}

func TestAClickOnANameOpensIt(t *testing.T) {
	p, _, second, _ := newPage(t)
	p.SetDevice(hub.Device{DeviceID: "a"})
	p.Update(uitest.Click(1+len("Identity")+gap, 1))
	if p.Title() != "Twin" {
		t.Errorf("at %s", p.Title())
	}
	p.Update(uitest.Click(3, 5))
	if !slices.Contains(second.did, "update") {
		t.Error("a click below does not reach the section")
	}
}
