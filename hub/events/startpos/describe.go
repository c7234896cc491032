package startpos

import (
	"fmt"
	"time"
)

// Describe says what the start means, seen at a moment and in its zone, such as
// "Sun 22 Nov 14:30:00 CET, 1 h 12 min ago".
func (s Start) Describe(now time.Time) string {
	switch s.Kind {
	case Beginning:
		return "everything that the hub still keeps"
	case Time:
		ago := span(now.Sub(s.Time)) + " ago"
		if now.Sub(s.Time) < time.Second {
			ago = "just now"
		}
		return s.Time.In(now.Location()).Format(dayLayout(s.Time, now)+" 15:04:05 MST") + ", " + ago
	case Sequence:
		return fmt.Sprintf("from sequence number %d on%s", s.Sequence, s.ofPartition())
	case Offset:
		return fmt.Sprintf("behind offset %s%s", s.Offset, s.ofPartition())
	default:
		return "only what comes from now on"
	}
}

// Words say the start in as little as the head of a screen has room for, such as "from 14:30" and "from p2 #512".
func (s Start) Words(now time.Time) string {
	partition := ""
	if s.Partition != "" {
		partition = "p" + s.Partition + " "
	}
	switch s.Kind {
	case Beginning:
		return "from the beginning"
	case Time:
		return "from " + shortTime(s.Time.In(now.Location()), now)
	case Sequence:
		return fmt.Sprintf("from %s#%d", partition, s.Sequence)
	case Offset:
		return fmt.Sprintf("behind %soffset %s", partition, s.Offset)
	default:
		return "from now"
	}
}

func (s Start) ofPartition() string {
	if s.Partition == "" {
		return ""
	}
	return ", partition " + s.Partition + " only"
}

func dayLayout(t, now time.Time) string {
	if t.In(now.Location()).Year() != now.Year() {
		return "Mon 2 Jan 2006"
	}
	return "Mon 2 Jan"
}

func shortTime(t, now time.Time) string {
	layout := "15:04"
	if t.Second() != 0 {
		layout = "15:04:05"
	}
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format(layout)
	case t.Year() == now.Year():
		return t.Format("2 Jan " + layout)
	default:
		return t.Format("2 Jan 2006 " + layout)
	}
}

// span says a length of time in its two highest units.
func span(d time.Duration) string {
	d = d.Round(time.Second)
	unit := func(n time.Duration, name string) string { return fmt.Sprintf("%d %s", n, name) }
	pair := func(high, low time.Duration, highName, lowName string) string {
		text := unit(d/high, highName)
		if rest := d % high / low; rest > 0 {
			text += " " + unit(rest, lowName)
		}
		return text
	}
	switch {
	case d < time.Minute:
		return unit(d/time.Second, "s")
	case d < 10*time.Minute:
		return pair(time.Minute, time.Second, "min", "s")
	case d < time.Hour:
		return unit(d/time.Minute, "min")
	case d < day:
		return pair(time.Hour, time.Minute, "h", "min")
	default:
		return pair(day, time.Hour, "d", "h")
	}
}
