package uitest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"go.uber.org/goleak"
)

// asProgram makes the test binary the program that TestRun drives.
const asProgram = "UITEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if _, err := tea.NewProgram(echo{}).Run(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// echo shows its size and the keys that were pressed.
type echo struct {
	width, height int
	dark          string
	pressed       []string
}

func (e echo) Init() tea.Cmd { return tea.RequestBackgroundColor }

func (e echo) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		e.width, e.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		e.dark = fmt.Sprintf("dark=%t", msg.IsDark())
	case tea.MouseWheelMsg:
		e.pressed = append(e.pressed, msg.String())
	case tea.KeyPressMsg:
		switch msg.String() {
		case "q":
			return e, tea.Quit
		case "y":
			return e, tea.SetClipboard("copied")
		}
		e.pressed = append(e.pressed, msg.String())
	}
	return e, nil
}

func (e echo) View() tea.View {
	head := lipgloss.NewStyle().Bold(true).Render(fmt.Sprintf("%dx%d %s", e.width, e.height, e.dark))
	view := tea.NewView(head + "\n[" + strings.Join(e.pressed, " ") + "]")
	view.AltScreen = true
	return view
}

func TestDriverIsReadLikeAStory(t *testing.T) {
	app := Start(t, echo{}, 80, 24)
	app.See("80x24")
	app.Press("a", "enter", "shift+tab", "ctrl+d", "pgdown", "space").Type("hi there").Send(Wheel(1, 1, true))
	app.See("[a enter shift+tab ctrl+d pgdown space h i space t h e r e wheeldown]")
	app.Resize(200, 60).See("200x60").NotSee("80x24")
	if frame := app.Frame(); !strings.Contains(frame, "\x1b[1m") {
		t.Errorf("the frame has lost its styles: %q", frame)
	}
	if app.Frames() < 10 {
		t.Errorf("%d frames for more than ten messages", app.Frames())
	}
	app.Press("q")
	if err := app.Ended(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

func TestKeyNamesAreThoseOfBindings(t *testing.T) {
	for _, name := range []string{"a", "G", "?", "/", "+", "enter", "esc", "space", "ctrl+c", "ctrl+d", "shift+tab", "alt+x", "f5", "up", "pgup", "é"} {
		if got := Key(name).String(); got != name {
			t.Errorf("Key(%q).String() = %q", name, got)
		}
	}
}

func TestGolden(t *testing.T) {
	for _, size := range Sizes {
		t.Run(fmt.Sprintf("box-%dx%d", size.Width, size.Height), func(t *testing.T) {
			frame := lipgloss.NewStyle().Border(lipgloss.RoundedBorder()).Foreground(lipgloss.Color("#7cc4ff")).
				Width(size.Width).Height(size.Height).Render("whole frames only")
			Golden(t, frame, size)
		})
	}
}

// told notes what a check says instead of failing.
type told struct {
	testing.TB
	said []string
}

func (f *told) Helper() {}

func (f *told) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestCheckSizeTellsWhatIsWrong(t *testing.T) {
	check := &told{TB: t}
	CheckSize(check, "four\nfour", Size{4, 2})
	if len(check.said) != 0 {
		t.Errorf("a frame of the right size: %q", check.said)
	}
	CheckSize(check, "four\nfives", Size{4, 1})
	if len(check.said) != 2 {
		t.Errorf("a line too many and a cell too many: %q", check.said)
	}
}
