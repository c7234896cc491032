package widget

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"hubscope/ui/keys"
	"hubscope/ui/theme"
)

// ids is a source of rows that counts how many were asked for.
type ids struct {
	list  []string
	asked int
}

func (s *ids) Len() int            { return len(s.list) }
func (s *ids) Key(row int) string  { return s.list[row] }
func (s *ids) Find(key string) int { return slices.Index(s.list, key) }
func (s *ids) Cells(i int) []Cell {
	s.asked++
	return []Cell{{Text: s.list[i], Style: lipgloss.NewStyle()}, {Text: "1", Style: lipgloss.NewStyle()}}
}

func numbered(n int) *ids {
	s := &ids{}
	for i := range n {
		s.list = append(s.list, fmt.Sprintf("row-%06d", i))
	}
	return s
}

func newTable(s Source) *Table {
	return NewTable(s, Column{Title: "ID", Width: 8, Grow: true}, Column{Title: "N", Width: 3, Right: true})
}

func TestTableDrawsOnlyWhatCanBeSeen(t *testing.T) {
	source := numbered(1_000_000)
	table := newTable(source)
	table.SetSize(40, 21)
	styles := theme.New(theme.Dark)
	table.View(&styles, true)
	if source.asked != 20 {
		t.Errorf("20 rows can be seen and %d were asked for", source.asked)
	}
}

func TestTableKeepsItsRowWhenOthersCome(t *testing.T) {
	source := numbered(50)
	table := newTable(source)
	table.SetSize(40, 11)
	table.Select("row-000030")
	from, _ := table.Visible()
	source.list = append([]string{"a", "b", "c"}, source.list...)
	table.Sync()
	if table.Key() != "row-000030" || table.Cursor() != 33 {
		t.Errorf("the cursor is on %q, row %d", table.Key(), table.Cursor())
	}
	if now, _ := table.Visible(); now != from+3 {
		t.Errorf("the row moved on the screen: first row %d, was %d", now, from)
	}
}

func TestTableStaysWhenItsRowGoes(t *testing.T) {
	source := numbered(5)
	table := newTable(source)
	table.SetSize(40, 11)
	table.Select("row-000004")
	source.list = source.list[:4]
	table.Sync()
	if table.Key() != "row-000003" {
		t.Errorf("the cursor is on %q", table.Key())
	}
	source.list = nil
	table.Sync()
	if table.Key() != "" {
		t.Errorf("an empty table has its cursor on %q", table.Key())
	}
}

func TestTableKeys(t *testing.T) {
	k := keys.Default()
	table := newTable(numbered(100))
	table.SetSize(40, 11)
	for _, c := range []struct {
		press tea.KeyPressMsg
		want  int
	}{
		{tea.KeyPressMsg{Code: 'j', Text: "j"}, 1},
		{tea.KeyPressMsg{Code: tea.KeyDown}, 2},
		{tea.KeyPressMsg{Code: 'k', Text: "k"}, 1},
		{tea.KeyPressMsg{Code: 'G', Text: "G"}, 99},
		{tea.KeyPressMsg{Code: tea.KeyPgUp}, 90},
		{tea.KeyPressMsg{Code: 'd', Mod: tea.ModCtrl}, 94},
		{tea.KeyPressMsg{Code: 'g', Text: "g"}, 0},
		{tea.KeyPressMsg{Code: tea.KeyUp}, 0},
	} {
		if !table.Update(c.press, &k) || table.Cursor() != c.want {
			t.Errorf("%s: row %d, want %d", c.press, table.Cursor(), c.want)
		}
	}
	if table.Update(tea.KeyPressMsg{Code: 'x', Text: "x"}, &k) {
		t.Error("x is none of the table's keys")
	}
}

func TestTableClickAndHeads(t *testing.T) {
	table := newTable(numbered(100))
	table.SetSize(40, 11)
	table.Wheel(30)
	if !table.Click(3) || table.Key() != "row-000032" {
		t.Errorf("a click on the third row gave %q", table.Key())
	}
	if table.Click(0) || table.Click(11) {
		t.Error("a click on the heads or below the table moved the cursor")
	}
	if got := []int{table.ColumnAt(0), table.ColumnAt(3), table.ColumnAt(36)}; !slices.Equal(got, []int{-1, 0, 1}) {
		t.Errorf("columns at 0, 3 and 36: %v", got)
	}
}

// TestTableIsAlwaysItsSize: whatever happens, the box has its size and the
// cursor is in sight.
func TestTableIsAlwaysItsSize(t *testing.T) {
	styles := theme.New(theme.Dark)
	rapid.Check(t, func(t *rapid.T) {
		source := numbered(rapid.IntRange(0, 60).Draw(t, "rows"))
		table := newTable(source)
		width, height := rapid.IntRange(1, 60).Draw(t, "width"), rapid.IntRange(1, 20).Draw(t, "height")
		table.SetSize(width, height)
		for range rapid.IntRange(0, 8).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				table.Move(rapid.IntRange(-70, 70).Draw(t, "by"))
			case 1:
				table.Wheel(rapid.IntRange(-70, 70).Draw(t, "by"))
			case 2:
				source.list = source.list[:rapid.IntRange(0, len(source.list)).Draw(t, "left")]
				table.Sync()
			default:
				height = rapid.IntRange(1, 20).Draw(t, "height")
				table.SetSize(width, height)
			}
		}
		lines := strings.Split(table.View(&styles, true), "\n")
		if len(lines) != height {
			t.Fatalf("%d lines, want %d", len(lines), height)
		}
		for _, l := range lines {
			if w := ansi.StringWidth(l); w != width {
				t.Fatalf("a line of %d cells, want %d: %q", w, width, ansi.Strip(l))
			}
		}
		from, to := table.Visible()
		if height > 1 && len(source.list) > 0 && (table.Cursor() < from || table.Cursor() >= to) {
			t.Fatalf("the cursor %d is out of sight: %d to %d", table.Cursor(), from, to)
		}
	})
}

func TestTableUnderlinesWhatWasFound(t *testing.T) {
	styles := theme.New(theme.Mono)
	for _, c := range []struct {
		text  string
		found []int
		width int
		want  string
	}{
		{"pump-17", []int{0, 2, 5, 6}, 9, "_pu_mp-__17  "},
		{"pump-17", []int{5, 6}, 7, "pump-__17"},
		{"pump-17", []int{0, 5}, 5, "_pump…"}, // the 1 is cut off
	} {
		want := strings.NewReplacer("__17", styles.Match.Render("17"), "_p", styles.Match.Render("p"), "_m", styles.Match.Render("m")).Replace(c.want)
		cell := Cell{Text: c.text, Style: lipgloss.NewStyle(), Found: c.found}
		if got := cell.draw(&styles, lipgloss.NewStyle(), c.width, false); got != want {
			t.Errorf("%q in %d cells: %q, want %q", c.text, c.width, got, want)
		}
	}
}
