package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"hubscope/ui/theme"
)

// ThemeChoice is what the user asked for.
type ThemeChoice string

// The choices. Auto asks the terminal for its background.
const (
	Auto        ThemeChoice = "auto"
	DarkTheme   ThemeChoice = "dark"
	LightTheme  ThemeChoice = "light"
	MonoTheme   ThemeChoice = "mono"
	chosenTheme ThemeChoice = "chosen" // while the program runs
)

// ParseTheme reads the value of --theme.
func ParseTheme(s string) (ThemeChoice, error) {
	switch t := ThemeChoice(s); t {
	case "":
		return Auto, nil
	case Auto, DarkTheme, LightTheme, MonoTheme:
		return t, nil
	}
	return "", fmt.Errorf("no theme %q: choose auto, dark, light or mono", s)
}

// mode is what to draw with until the terminal has answered.
func (t ThemeChoice) mode() theme.Mode {
	switch t {
	case LightTheme:
		return theme.Light
	case MonoTheme:
		return theme.Mono
	default:
		return theme.Dark
	}
}

// onProfile turns to the set without colours when the terminal has none, or when
// NO_COLOR asks for that: it marks with bold and reverse what colour marks else.
func (a *App) onProfile(msg tea.ColorProfileMsg) tea.Cmd {
	if a.theme == Auto && msg.Profile <= colorprofile.ASCII {
		return a.setTheme(theme.Mono)
	}
	return nil
}
