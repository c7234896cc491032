package theme

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// leastContrast is what WCAG AA asks of text.
const leastContrast = 4.5

// TestContrast holds every text style against every ground that it may stand on.
func TestContrast(t *testing.T) {
	for name, p := range map[string]palette{"dark": darkPalette, "light": lightPalette} {
		texts := map[string]string{
			"text": p.text, "muted": p.muted, "strong": p.strong, "accent": p.accent, "brand": p.brand,
			"green": p.green, "yellow": p.yellow, "red": p.red, "blue": p.blue, "purple": p.purple, "cyan": p.cyan, "orange": p.orange,
		}
		grounds := map[string]string{"background": p.background, "selected": p.selected, "selectedBlur": p.selectedBlur}
		for text, fg := range texts {
			for ground, bg := range grounds {
				if got := contrast(lipgloss.Color(fg), lipgloss.Color(bg)); got < leastContrast {
					t.Errorf("%s: %s %s on %s %s has a contrast of %.2f, below %.1f", name, text, fg, ground, bg, got, leastContrast)
				}
				if got := contrast(of256(fg), of256(bg)); got < leastContrast {
					t.Errorf("%s: in 256 colours %s %s on %s %s has a contrast of %.2f, below %.1f", name, text, fg, ground, bg, got, leastContrast)
				}
			}
		}
		if got := contrast(lipgloss.Color(p.background), lipgloss.Color(p.accent)); got < leastContrast {
			t.Errorf("%s: the cursor has a contrast of %.2f", name, got)
		}
	}
}

// of256 is what a terminal of 256 colours makes of a hue: tmux, by default.
func of256(hue string) color.Color { return colorprofile.ANSI256.Convert(lipgloss.Color(hue)) }

func TestContrastIsThatOfWCAG(t *testing.T) {
	if got := contrast(color.White, color.Black); math.Abs(got-21) > 0.01 {
		t.Errorf("white on black: %.2f, want 21", got)
	}
	// The example grey of the specification's own tools.
	if got := contrast(lipgloss.Color("#767676"), color.White); math.Abs(got-4.54) > 0.01 {
		t.Errorf("#767676 on white: %.2f, want 4.54", got)
	}
}

// TestMonoHasNoColour: a terminal without colours must lose nothing.
func TestMonoHasNoColour(t *testing.T) {
	s := reflect.ValueOf(New(Mono))
	for i := range s.NumField() {
		style, ok := s.Field(i).Interface().(lipgloss.Style)
		if !ok {
			continue
		}
		none := lipgloss.NoColor{}
		if style.GetForeground() != none || style.GetBackground() != none {
			t.Errorf("%s has a colour", s.Type().Field(i).Name)
		}
	}
	if !New(Mono).Selected.GetReverse() {
		t.Error("the selection does not stand out without colours")
	}
}

// TestStylesKeepTheWidth: pages count cells before they draw.
func TestStylesKeepTheWidth(t *testing.T) {
	for _, mode := range []Mode{Dark, Light, Mono} {
		s := reflect.ValueOf(New(mode))
		for i := range s.NumField() {
			style, ok := s.Field(i).Interface().(lipgloss.Style)
			if ok && lipgloss.Width(style.Render("abc")) != 3 {
				t.Errorf("mode %d: %s changes the width", mode, s.Type().Field(i).Name)
			}
		}
	}
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance is the relative luminance of WCAG 2.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
