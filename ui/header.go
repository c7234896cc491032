package ui

import (
	"fmt"
	"math"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/theme"
	"hubscope/ui/widget"
)

// header is the first line: whose hub this is and whether it answers, the tabs,
// and how many events arrive.
type header struct {
	hub    string
	local  bool
	events bool // only the events can be reached: nothing asks the hub itself
	// readOnly is shown wherever there is room for the state: nobody shall wonder why a
	// key does nothing.
	readOnly bool
	health   health
	// streamDown says that no event can come. The registry is asked only while
	// its tab is seen, so elsewhere this is the fresher news.
	streamDown bool
	// faults is how many faults on demand are in force: shown wherever the user
	// is, so that nobody hunts a failure that they ordered.
	faults int
	rates  []float64
}

type health int

const (
	unknown health = iota
	answering
	failing
)

const (
	rateWidth = 8 // "12,345/s"
	keptRates = 30
)

// sparkWidth is the room for the line of bars.
func sparkWidth(width int) int {
	switch {
	case width < 100:
		return 5
	case width < 160:
		return 8
	default:
		return 20
	}
}

// state is what to tell of the hub on a tab.
func (h *header) state(active page.Tab) health {
	if active != page.Devices && h.health == answering && h.streamDown {
		return failing
	}
	return h.health
}

func (h *header) rate(perSecond float64) {
	h.rates = append(h.rates, perSecond)
	if len(h.rates) > keptRates {
		h.rates = h.rates[len(h.rates)-keptRates:]
	}
}

// tabArea is where one tab is drawn, for the mouse.
type tabArea struct {
	tab         page.Tab
	from, until int
}

func (h *header) view(s *theme.Styles, width int, titles []string, active page.Tab) (string, []tabArea) {
	tabs, areas := drawTabs(s, titles, active)
	right := h.drawRate(s, sparkWidth(width))
	gap := 3
	if width < 100 {
		gap = 2
	}
	at := width - 1 - ansi.StringWidth(right) - gap - ansi.StringWidth(tabs)
	left := h.drawHub(s, at-1, h.state(active))
	line := widget.Fit(left, at) + tabs + strings.Repeat(" ", gap) + right
	for i := range areas {
		areas[i].from += at
		areas[i].until += at
	}
	return widget.Fit(line, width), areas
}

func drawTabs(s *theme.Styles, titles []string, active page.Tab) (string, []tabArea) {
	var parts []string
	areas := make([]tabArea, 0, len(titles))
	at := 0
	for i, title := range titles {
		text := fmt.Sprintf("%d %s", i+1, title)
		style := s.Tab
		if page.Tab(i) == active {
			style = s.TabActive
		}
		parts = append(parts, style.Render(text))
		areas = append(areas, tabArea{page.Tab(i), at, at + len(text)})
		at += len(text) + 2
	}
	return strings.Join(parts, "  "), areas
}

func (h *header) drawRate(s *theme.Styles, spark int) string {
	if len(h.rates) == 0 {
		return strings.Repeat(" ", rateWidth+1+spark)
	}
	now := h.rates[len(h.rates)-1]
	text := widget.Count(int64(math.Round(now))) + "/s"
	return s.Text.Render(widget.FitRight(text, rateWidth)) + " " + s.Spark.Render(widget.Spark(h.rates, spark))
}

// drawHub shows brand, label, state and name. What goes when there is no room is
// the name, then the label, then the brand.
func (h *header) drawHub(s *theme.Styles, room int, now health) string {
	brand := " " + s.Brand.Render("hubscope")
	state := ""
	switch now {
	case answering:
		state = s.Live.Render("● live")
	case failing:
		state = s.Stopped.Render("✗ error")
	default:
		state = s.Waiting.Render("○ connecting")
	}
	label := s.Text.Render("Azure")
	if h.local {
		label = s.Local.Render("local hub")
	}
	if h.events {
		label, state = s.Text.Render("events only"), ""
	}
	if h.readOnly {
		state = strings.TrimPrefix(state+"  "+s.Warning.Render("read-only"), "  ")
	}
	if h.faults > 0 {
		order := s.Warning.Bold(true).Render("⚡ " + widget.Plural(h.faults, "fault"))
		state = strings.TrimPrefix(state+"  "+order, "  ")
	}
	full := brand + "   " + label + " " + state
	if rest := room - ansi.StringWidth(full) - 3; rest >= 8 {
		return full + "   " + s.Muted.Render(safe.Line(h.hub, rest))
	}
	short := brand + "  " + label + " " + state
	if ansi.StringWidth(short) <= room {
		return short
	}
	if least := brand + "  " + state; ansi.StringWidth(least) <= room {
		return least
	}
	return " " + state
}
