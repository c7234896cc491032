package theme

import "charm.land/lipgloss/v2"

// palette holds the hues of one mode as #rrggbb. Each text hue has a contrast of
// 4.5:1 or better on background and on both selections; a test computes it.
type palette struct {
	background, text, muted, strong string
	accent, brand                   string
	rule, ruleActive                string
	green, yellow, red, blue        string
	purple, cyan, orange            string
	selected, selectedBlur          string
}

var darkPalette = palette{
	background:   "#16181d",
	text:         "#d5d9e0",
	muted:        "#a3a8b0",
	strong:       "#ffffff",
	accent:       "#7cc4ff",
	brand:        "#5fd7c9",
	rule:         "#434a57",
	ruleActive:   "#7cc4ff",
	green:        "#7ddc8a",
	yellow:       "#f0c766",
	red:          "#ff8f8a",
	blue:         "#8db8ff",
	purple:       "#cfa9ff",
	cyan:         "#74d6de",
	orange:       "#f5b07a",
	selected:     "#303846",
	selectedBlur: "#292b2f",
}

var lightPalette = palette{
	background:   "#ffffff",
	text:         "#24292f",
	muted:        "#4f5965",
	strong:       "#000000",
	accent:       "#0757b8",
	brand:        "#00616b",
	rule:         "#b4bcc6",
	ruleActive:   "#0757b8",
	green:        "#0b5c23",
	yellow:       "#6b4a00",
	red:          "#a8131b",
	blue:         "#1a4fa8",
	purple:       "#55208f",
	cyan:         "#005f6b",
	orange:       "#6e2c00",
	selected:     "#d6e6fb",
	selectedBlur: "#e8ecf1",
}

func fg(hex string) lipgloss.Style {
	return lipgloss.NewStyle().Foreground(lipgloss.Color(hex))
}

func coloured(mode Mode, p palette) Styles {
	row := func(bg string) lipgloss.Style {
		return fg(p.strong).Background(lipgloss.Color(bg))
	}
	return Styles{
		Mode: mode,

		Text: fg(p.text), Muted: fg(p.muted), Strong: fg(p.strong).Bold(true), Accent: fg(p.accent),
		Brand: fg(p.brand).Bold(true), Local: fg(p.orange), Title: fg(p.strong).Bold(true), Heading: fg(p.muted),
		Rule: fg(p.rule), RuleActive: fg(p.ruleActive),
		Tab: fg(p.muted), TabActive: fg(p.accent).Bold(true).Underline(true),
		Key: fg(p.accent), Desc: fg(p.muted),

		Success: fg(p.green), Warning: fg(p.yellow), Danger: fg(p.red), Info: fg(p.blue),
		Online: fg(p.green), Offline: fg(p.muted), Disabled: fg(p.yellow),
		Live: fg(p.green), Waiting: fg(p.yellow), Stopped: fg(p.red),

		Selected: row(p.selected), SelectedBlur: row(p.selectedBlur),
		Marker: fg(p.accent).Bold(true),
		Match:  fg(p.yellow).Underline(true),
		Fresh:  fg(p.cyan),
		Cursor: fg(p.background).Background(lipgloss.Color(p.accent)), Placeholder: fg(p.muted),
		Field: fg(p.text), FieldFocus: fg(p.strong),

		Desired: fg(p.blue), Reported: fg(p.green), Tags: fg(p.purple),
		JSONKey: fg(p.blue), JSONString: fg(p.green), JSONNumber: fg(p.orange), JSONWord: fg(p.purple), JSONPunct: fg(p.muted),
		Added: fg(p.green), Removed: fg(p.red),

		Spark: fg(p.cyan),
	}
}

// mono leans on what every terminal has without colour.
func mono() Styles {
	plain := lipgloss.NewStyle()
	bold := plain.Bold(true)
	return Styles{
		Mode: Mono,

		Text: plain, Muted: plain, Strong: bold, Accent: bold,
		Brand: bold, Local: plain, Title: bold, Heading: plain.Underline(true),
		Rule: plain, RuleActive: bold,
		Tab: plain, TabActive: bold.Underline(true),
		Key: bold, Desc: plain,

		Success: plain, Warning: bold, Danger: bold, Info: plain,
		Online: plain, Offline: plain, Disabled: plain,
		Live: plain, Waiting: bold, Stopped: bold,

		Selected: plain.Reverse(true), SelectedBlur: bold,
		Marker: bold, Match: plain.Underline(true), Fresh: bold,
		Cursor: plain.Reverse(true), Placeholder: plain,
		Field: plain, FieldFocus: bold,

		Desired: plain, Reported: plain, Tags: plain,
		JSONKey: plain, JSONString: plain, JSONNumber: plain, JSONWord: plain, JSONPunct: plain,
		Added: plain, Removed: plain,

		Spark: plain,
	}
}
