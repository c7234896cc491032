package ui

// The least screen that everything fits on.
const (
	minWidth  = 80
	minHeight = 24
)

type rect struct{ x, y, width, height int }

func (r rect) contains(x, y int) bool {
	return x >= r.x && x < r.x+r.width && y >= r.y && y < r.y+r.height
}

// frame is where everything is. A dock of height 0 is hidden.
type frame struct {
	header, body, dock, status rect
	topRule, dockRule, endRule int // lines of the horizontal rules; -1: none
}

// arrange divides the screen: header, rule, body, and with a dock a rule and the
// dock, then rule and status line.
func arrange(width, height int, docked bool) frame {
	f := frame{
		header:   rect{0, 0, width, 1},
		topRule:  1,
		status:   rect{0, height - 1, width, 1},
		endRule:  height - 2,
		dockRule: -1,
	}
	room := max(0, height-4)
	if !docked {
		f.body = rect{0, 2, width, room}
		return f
	}
	dock := dockHeight(room)
	body := max(0, room-dock-1)
	f.body = rect{0, 2, width, body}
	f.dockRule = 2 + body
	f.dock = rect{0, f.dockRule + 1, width, dock}
	return f
}

// dockHeight is about a third of the room: a line about the stream and at least
// five events.
func dockHeight(room int) int {
	return max(6, min(room*35/100, 18))
}

func tooSmall(width, height int) bool { return width < minWidth || height < minHeight }
