// Package journal keeps and shows what happened since the start: every action,
// error and retry, newest first, with time and tracking id.
package journal

import "hubscope/ui/page"

// limit is how many entries are kept: the oldest go first.
const limit = 2000

// Log is the bounded history of reports. It belongs to the event loop.
type Log struct {
	entries []page.Report
	dropped int
}

// Add appends a report.
func (l *Log) Add(r page.Report) {
	if len(l.entries) >= limit {
		n := limit / 10
		l.entries = append(l.entries[:0], l.entries[n:]...)
		l.dropped += n
	}
	l.entries = append(l.entries, r)
}

// Len is the number of entries kept.
func (l *Log) Len() int { return len(l.entries) }

// newest gives entry i, 0 being the newest.
func (l *Log) newest(i int) page.Report { return l.entries[len(l.entries)-1-i] }
