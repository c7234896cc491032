package startpos

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// clock is a time of day; given is false for none, which is midnight.
type clock struct {
	hour, minute, second, nanosecond int
	given                            bool
}

var errClock = errors.New("not a time of day: it goes from 00:00 to 23:59:59")

// cutClock takes the time of day off the end.
func cutClock(text string) (rest string, c clock, err error) {
	for word, hour := range map[string]int{"noon": 12, "midnight": 0} {
		if before, found := strings.CutSuffix(text, word); found {
			return before, clock{hour: hour, given: true}, nil
		}
	}
	if found := clockText.FindStringSubmatchIndex(text); found != nil {
		piece := func(n int) string {
			if found[2*n] < 0 {
				return ""
			}
			return text[found[2*n]:found[2*n+1]]
		}
		c, err = makeClock(piece(1), piece(2), piece(3), piece(4), piece(5))
		return text[:found[0]], c, err
	}
	if found := hourText.FindStringSubmatchIndex(text); found != nil {
		c, err = makeClock(text[found[2]:found[3]], "", "", "", text[found[4]:found[5]])
		return text[:found[0]], c, err
	}
	return text, clock{}, nil
}

func makeClock(hour, minute, second, fraction, half string) (clock, error) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // digits only, or nothing
	c := clock{hour: number(hour), minute: number(minute), second: number(second), given: true}
	c.nanosecond = number((fraction + "000000000")[:9])
	if half = strings.TrimSpace(half); half != "" {
		if c.hour < 1 || c.hour > 12 {
			return c, errors.New("with am or pm an hour goes from 1 to 12")
		}
		c.hour %= 12
		if half == "pm" {
			c.hour += 12
		}
	}
	if c.hour > 23 || c.minute > 59 || c.second > 59 {
		return c, errClock
	}
	return c, nil
}

// onDay joins a day in words with a time of day.
func onDay(text string, c clock, now time.Time) (time.Time, error) {
	year, month, today := now.Date()
	at := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, c.hour, c.minute, c.second, c.nanosecond, now.Location())
	}
	switch text {
	case "":
		if !c.given {
			return time.Time{}, errNotATime
		}
		return at(year, month, today), nil
	case "today":
		return at(year, month, today), nil
	case "yesterday":
		return at(year, month, today-1), nil
	}
	if back, is := daysSince(text, now.Weekday()); is {
		if t := at(year, month, today-back); !t.After(now) {
			return t, nil
		}
		return at(year, month, today-back-7), nil
	}
	d, err := parseDate(text, now)
	if err != nil {
		return time.Time{}, err
	}
	return at(d.Date()), nil
}

// daysSince tells how long ago the last such day of the week was; 0 is today.
func daysSince(name string, today time.Weekday) (days int, is bool) {
	if len(name) < 3 {
		return 0, false
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.HasPrefix(strings.ToLower(d.String()), name) {
			return (int(today) - int(d) + 7) % 7, true
		}
	}
	return 0, false
}

// parseDate reads a day of the calendar; one with no year is the nearest.
func parseDate(text string, now time.Time) (time.Time, error) {
	var year, month, dayOfMonth string
	switch {
	case yearFirst.MatchString(text):
		found := yearFirst.FindStringSubmatch(text)
		year, month, dayOfMonth = found[1], found[2], found[3]
	case dayFirst.MatchString(text):
		found := dayFirst.FindStringSubmatch(text)
		dayOfMonth, month, year = found[1], monthNumber(found[2]), found[3]
	case monthFirst.MatchString(text):
		found := monthFirst.FindStringSubmatch(text)
		month, dayOfMonth, year = monthNumber(found[1]), found[2], found[3]
	default:
		return time.Time{}, errNotATime
	}
	y, errYear := strconv.Atoi(year)
	m, errMonth := strconv.Atoi(month)
	d, errDay := strconv.Atoi(dayOfMonth)
	if errMonth != nil || errDay != nil {
		return time.Time{}, errNotATime
	}
	if errYear != nil {
		y = now.Year()
		if time.Date(y, time.Month(m), d, 0, 0, 0, 0, now.Location()).Sub(now) > 180*day {
			y--
		}
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, now.Location())
	if t.Day() != d || int(t.Month()) != m {
		return time.Time{}, errors.New("there is no such day in the calendar")
	}
	return t, nil
}

// monthNumber is "11" for "nov" and "november", "" for what is no month.
func monthNumber(name string) string {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), name) {
			return strconv.Itoa(int(m))
		}
	}
	return ""
}
