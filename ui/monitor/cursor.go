package monitor

import "hubscope/ui/monitor/history"

// mode is what holds the view where it is.
type mode int

const (
	following mode = iota // at the newest event, going along
	scrolled              // by moving up; reaching the newest event follows again
	paused                // by the pause key; only that key or G follows again
)

// list is the window on the history: which rows are in it, and the one under the cursor. It names events by their
// numbers, so that what is under the cursor stays there while others come, go and are filtered.
type list struct {
	h    *history.History
	rows int // that fit

	mode    mode
	cursor  uint64 // number of the event under the cursor
	top     uint64 // number of the first one in the window
	horizon uint64 // not following: events from here on are new and not in the list yet
}

// len is how many events can be scrolled to.
func (l *list) len() int {
	if l.mode == following {
		return l.h.Len()
	}
	return l.h.Find(l.horizon)
}

// news is how many shown events have come since the view was held.
func (l *list) news() int { return l.h.Len() - l.len() }

// settle puts cursor and window right after the history, the filter or the size has changed.
func (l *list) settle() {
	if l.mode != following && l.horizon < l.h.First() {
		l.horizon = l.h.End() // all that was held has fallen out of the history
	}
	n := l.len()
	if n == 0 {
		return
	}
	if l.mode == following {
		l.cursor = l.h.At(n - 1)
		l.top = l.h.At(max(0, n-max(1, l.rows)))
		return
	}
	l.place(min(l.h.Find(l.cursor), n-1), min(l.h.Find(l.top), n-1))
}

// place puts the cursor on one row and scrolls no more than needed from another to show it.
func (l *list) place(cursor, top int) {
	n := l.len()
	cursor = max(0, min(cursor, n-1))
	top = min(top, cursor, max(0, n-l.rows))
	top = max(top, cursor-max(1, l.rows)+1, 0)
	l.cursor, l.top = l.h.At(cursor), l.h.At(top)
}

// window gives the rows to draw, from and to, and the one under the cursor.
func (l *list) window() (from, to, cursor int) {
	n := l.len()
	from = min(l.h.Find(l.top), n)
	return from, min(from+l.rows, n), l.h.Find(l.cursor)
}

// move moves the cursor by n rows. Upwards it stops following; at the lower end it takes in what is new and, unless
// paused, follows again.
func (l *list) move(n int) {
	if l.h.Len() == 0 {
		return
	}
	if l.mode == following {
		if n >= 0 {
			return
		}
		l.hold(scrolled)
	}
	cursor := l.h.Find(l.cursor) + n
	if cursor >= l.len() {
		l.horizon = l.h.End()
	}
	l.place(cursor, l.h.Find(l.top))
	if n > 0 && l.mode == scrolled && l.h.Find(l.cursor) == l.h.Len()-1 {
		l.follow()
	}
}

// scroll moves the window by n rows and the cursor only as far as it must to stay in it.
func (l *list) scroll(n int) {
	if l.h.Len() == 0 || l.mode == following && n >= 0 {
		return
	}
	if l.mode == following {
		l.hold(scrolled)
	}
	top := l.h.Find(l.top) + n
	if top+l.rows > l.len() {
		l.horizon = l.h.End()
	}
	top = max(0, min(top, l.len()-l.rows))
	cursor := max(top, min(l.h.Find(l.cursor), top+l.rows-1))
	l.place(cursor, top)
	if n > 0 && l.mode == scrolled && top+l.rows >= l.h.Len() {
		l.follow()
	}
}

// first goes to the oldest event, last follows the newest ones.
func (l *list) first() { l.move(-l.h.Len()) }

// follow goes to the newest event and goes along.
func (l *list) follow() {
	l.mode = following
	l.settle()
}

// hold stops going along.
func (l *list) hold(m mode) {
	if l.mode == following {
		l.horizon = l.h.End()
	}
	l.mode = m
}

// pointAt puts the cursor on a row of the window.
func (l *list) pointAt(row int) bool {
	from, to, _ := l.window()
	if row < 0 || from+row >= to {
		return false
	}
	if at := from + row; l.mode != following || at != l.len()-1 {
		l.hold(max(l.mode, scrolled))
		l.place(at, from)
	}
	return true
}
