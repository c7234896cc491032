package widget

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Ago says how long before now t was, in the largest unit that fits: "now",
// "12 s ago", "3 h ago". The zero time is "never".
func Ago(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := now.Sub(t)
	if d < time.Second {
		return "now"
	}
	return Span(d) + " ago"
}

// Span is a duration in the largest unit that fits: "800 ms", "12 s", "3 d".
func Span(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	}
}

// Interval is a setting such as "1 s", "0.5 s" or "2 min": never rounded to
// something that it is not.
func Interval(d time.Duration) string {
	switch {
	case d < time.Second && d%time.Millisecond == 0 && d%(100*time.Millisecond) != 0:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	default:
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s"
	}
}

// Millis is a round trip in milliseconds without the unit: "3", "0.4", "-" when
// there is none.
func Millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case d <= 0:
		return "-"
	case ms < 0.95:
		return strconv.FormatFloat(ms, 'f', 1, 64)
	default:
		return strconv.FormatFloat(ms, 'f', 0, 64)
	}
}

// Count writes a number with thousands apart: 12,408.
func Count[N int | int64 | uint64 | uint32 | int32](n N) string {
	s := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Plural is "1 device" or "3 devices".
func Plural[N int | int64 | uint64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + one + "s"
}

// Mask stands for a secret. It does not tell how long the secret is.
const Mask = "••••••••••••••••••••"
