package filter

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// units are what may stand behind a number: seconds for ages, bytes for sizes.
var units = map[string]float64{
	"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400,
	"B": 1, "kB": 1 << 10, "KB": 1 << 10, "MB": 1 << 20,
}

var unitNumber = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(ms|s|min|m|h|d|B|kB|KB|MB)`)

// parseUnits reads 300, 5m or 1.5kB.
func parseUnits(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, true
	}
	parts := unitNumber.FindStringSubmatch(strings.ReplaceAll(text, " ", ""))
	if parts == nil || len(parts[0]) != len(strings.ReplaceAll(text, " ", "")) {
		return 0, false
	}
	n, err := strconv.ParseFloat(parts[1], 64)
	return n * units[parts[2]], err == nil
}

// days and clocks are the ways to write a time; a clock is of today.
var (
	days = []string{
		time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04",
		"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly,
	}
	clocks = []string{"15:04:05", "15:04"}
)

// parseTime reads a time as one would type it, in the zone of now.
func parseTime(text string, now time.Time) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range days {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, true
		}
	}
	for _, layout := range clocks {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			y, m, d := now.Date()
			return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), now.Location()), true
		}
	}
	return time.Time{}, false
}
