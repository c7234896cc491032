package monitor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

// seeker is a page with 200 events, of which those of every fortieth number hold the word gale.
func seeker(t *testing.T) *fixture {
	f := newFixture(t, theme.Dark, uitest.Sizes[1])
	f.live(4)
	for n := range 200 {
		e := wind(n)
		if n%40 == 20 {
			e.Body = fmt.Appendf(nil, `{"n":%d,"note":"Gale force"}`, n)
		}
		f.take(e)
	}
	return f
}

// on is the number of the event under the cursor, which is its place of arrival.
func (f *fixture) on() int { return int(f.list.cursor) }

func (f *fixture) expect(t *testing.T, what string, on int, texts ...string) {
	t.Helper()
	f.finish()
	if f.on() != on {
		t.Errorf("%s: the cursor is on event %d, want %d", what, f.on(), on)
	}
	drawn := ansi.Strip(f.View())
	for _, text := range texts {
		if !strings.Contains(drawn, text) {
			t.Errorf("%s: %q is not on the screen:\n%s", what, text, drawn)
		}
	}
}

func TestSearch(t *testing.T) {
	f := seeker(t)
	f.press("ctrl+f")
	f.typed("gale")
	f.expect(t, "as typed, the nearest before the cursor", 180, "search gale", "5 of 5", "Gale force")
	f.press("enter")
	f.press("n")
	f.expect(t, "below the last one", 20, "1 of 5", "went on at the oldest")
	f.press("n")
	f.expect(t, "next", 60, "2 of 5")
	f.press("N", "N")
	f.expect(t, "above the first one", 180, "5 of 5", "went on at the newest")
	f.press("N")
	f.expect(t, "previous", 140, "4 of 5")

	// It hides nothing, and counts what comes.
	if f.history.Hidden() != 0 || f.history.Len() != 200 {
		t.Errorf("%d hidden, %d shown", f.history.Hidden(), f.history.Len())
	}
	e := wind(200)
	e.Body = []byte("gale")
	f.take(e)
	f.expect(t, "another comes", 140, "4 of 6")
	f.press("n", "n")
	f.expect(t, "and is reached", 200, "6 of 6")

	// Only what is shown is searched.
	f.press("/")
	f.typed("wind-1")
	f.press("enter")
	shown := 0
	for n := 20; n < 200; n += 40 {
		if n%3 == 0 {
			shown++
		}
	}
	f.press("n")
	f.finish()
	if got := f.find.found.Len(); got != shown {
		t.Errorf("%d matches among those shown, want %d", got, shown)
	}
	f.press("esc")
	f.finish()
	if f.finding() || f.applied.Empty() || f.history.Watched() != 0 {
		t.Errorf("esc ends the search first: searching %t, filter %q", f.finding(), f.applied.Text)
	}
}

func TestSearchIsAPatternToo(t *testing.T) {
	f := seeker(t)
	f.press("ctrl+f")
	f.typed(`/"n":(6|14)0/`)
	f.expect(t, "pattern", 140, "2 of 2")
	f.press("backspace")
	f.typed("i") // not closed: text, found nowhere
	f.expect(t, "not closed", 140, "no match")
	f.press("ctrl+f")
	f.typed(`/(/`)
	f.expect(t, "a mistake", 140, "^ the regular expression has a mistake")
}

func TestLeavingASearchGoesBack(t *testing.T) {
	f := seeker(t)
	f.press("ctrl+f")
	f.typed("gale")
	f.expect(t, "found", 180)
	f.press("esc")
	f.expect(t, "left", 199, "● following")
	if f.list.mode != following || f.finding() {
		t.Error("a search that was left holds the view")
	}

	f.press("up", "up", "up")
	f.press("ctrl+f")
	f.typed("gale")
	f.press("esc")
	f.expect(t, "left, not following", 196)
}

func TestSearchGoesThroughOpenEvents(t *testing.T) {
	f := seeker(t)
	f.press("enter", "ctrl+f")
	f.typed("force")
	f.press("enter", "N")
	f.expect(t, "the open event goes along", 140, "Gale force")
	if f.inspector.Number != 140 {
		t.Errorf("event %d is open", f.inspector.Number)
	}
	if !strings.Contains(f.drawOpen(), f.find.pen.Open+"force") {
		t.Error("the match is not marked in the open event")
	}
}

func TestAMatchFarDownInAnOpenEventIsScrolledTo(t *testing.T) {
	f := newFixture(t, theme.Dark, uitest.Sizes[1])
	f.take(winds(0, 3)...)
	e := wind(3)
	e.Body = []byte(`{"list":[` + strings.Repeat("1,", 90) + `1],"folded":[` + strings.Repeat("1,", 300) + `"storm"],"note":"gale"}`)
	f.take(e, wind(4))
	f.press("enter", "ctrl+f")
	f.typed("gale")
	f.expect(t, "far down", 3, `note    "gale"`)
	f.press("backspace", "backspace", "backspace", "backspace")
	f.typed("storm")
	f.expect(t, "folded away", 3, `300  "storm"`)
}

func TestASearchInManyEventsTakesShortSteps(t *testing.T) {
	f := newFixture(t, theme.Dark, uitest.Sizes[1])
	f.keep(100_000)
	f.take(winds(0, 100_000)...)
	f.press("ctrl+f")
	f.typed("message_3/") // nowhere
	f.typed("x")
	steps := 0
	for ; !f.find.found.Done(); steps++ {
		f.Update(findMsg{})
	}
	if steps == 0 {
		t.Error("100,000 events were searched in one step")
	}
	f.expect(t, "nothing found", 99_999, "no match")
	f.press("enter", "n", "N")
	f.expect(t, "no match to go to", 99_999)
}
