package c2d

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

var errExpiry = errors.New("a time to live such as 90s, 10m, 2h or 1d, or a time such as 18:30 or 2026-11-22 18:30")

// expiry is what is typed about it: at most one of the two is set.
type expiry struct {
	ttl time.Duration
	at  time.Time
}

// readExpiry reads a time to live or a time, in the zone of now. Nothing is nothing.
func readExpiry(text string, now time.Time) (expiry, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return expiry{}, nil
	}
	if ttl, ok := readSpan(text); ok {
		if ttl <= 0 {
			return expiry{}, errors.New("a time to live is more than nothing")
		}
		return expiry{ttl: ttl}, nil
	}
	at, ok := readTime(text, now)
	switch {
	case !ok:
		return expiry{}, errExpiry
	case !at.After(now):
		return expiry{}, errors.New("that time is over already")
	}
	return expiry{at: at}, nil
}

// readSpan reads what time.ParseDuration does, and days; a bare number is in seconds.
func readSpan(text string) (time.Duration, bool) {
	text = strings.ReplaceAll(text, " ", "")
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		return time.Duration(n * float64(24*time.Hour)), err == nil && n < 1e4
	}
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	d, err := time.ParseDuration(strings.ReplaceAll(text, "min", "m"))
	return d, err == nil
}

// readTime reads a time of day, which is the next one, or a date with one.
func readTime(text string, now time.Time) (time.Time, bool) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		t, err := time.ParseInLocation(layout, text, now.Location())
		if err != nil {
			continue
		}
		at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
		if !at.After(now) {
			at = at.AddDate(0, 0, 1)
		}
		return at, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
