package startpos

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	errNotATime = errors.New("not a time: 14:30, yesterday 14:30, 2 h ago, 2026-11-22 14:30, or #512")
	errTooOld   = errors.New("no hub keeps events for that long: type beginning for the oldest there is")

	isoT        = regexp.MustCompile(`([0-9])t([0-9])`)
	namedZone   = regexp.MustCompile(` ?(?:z|utc|gmt)$`)
	offsetZone  = regexp.MustCompile(`:[0-9]{2}(?:[.,][0-9]+)? ?([+-])([0-9]{2}):?([0-9]{2})$`)
	clockText   = regexp.MustCompile(`(?:^| )([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?( ?[ap]m)?$`)
	hourText    = regexp.MustCompile(`(?:^| )([0-9]{1,2})( ?[ap]m)$`)
	unixText    = regexp.MustCompile(`^[0-9]{9,13}$`)
	onlyDigits  = regexp.MustCompile(`^[0-9]+$`)
	yearFirst   = regexp.MustCompile(`^([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})$`)
	dayFirst    = regexp.MustCompile(`^([0-9]{1,2})\.? ([a-z]{3,9})(?: ([0-9]{4}))?$`)
	monthFirst  = regexp.MustCompile(`^([a-z]{3,9}) ([0-9]{1,2})(?:,? ([0-9]{4}))?$`)
	fillerWords = map[string]bool{"at": true, "on": true, "last": true, "from": true, "since": true}
)

// parseTime reads a moment that is not after now.
func parseTime(text string, now time.Time) (time.Time, error) {
	text = strings.ToLower(text)
	if span, is := parseAgo(text); is {
		if span > longestAgo {
			return time.Time{}, errTooOld
		}
		return now.Add(-span), nil
	}
	at, err := parseMoment(text, now)
	switch {
	case err != nil:
		return time.Time{}, err
	case at.After(now):
		return time.Time{}, stillToCome(text, at, now)
	case at.Before(now.Add(-longestAgo)):
		return time.Time{}, errTooOld
	}
	return at, nil
}

func stillToCome(text string, at, now time.Time) error {
	in := span(at.Sub(now))
	if clockText.FindString(text) == text && at.Sub(now) < day {
		return fmt.Errorf("%s is still to come, in %s: yesterday %s is the last one", text, in, text)
	}
	return fmt.Errorf("%s is still to come, in %s", at.In(now.Location()).Format("2 Jan 2006 15:04"), in)
}

func parseMoment(text string, now time.Time) (time.Time, error) {
	if unixText.MatchString(text) {
		return unix(text).In(now.Location()), nil
	}
	if onlyDigits.MatchString(text) && len(text) < 9 {
		return time.Time{}, fmt.Errorf("%s what? %sm is minutes ago, #%s a sequence number", text, text, text)
	}
	text = isoT.ReplaceAllString(text, "$1 $2")
	text, zone, err := cutZone(text, now.Location())
	if err != nil {
		return time.Time{}, err
	}
	now = now.In(zone)
	text, c, err := cutClock(text)
	if err != nil {
		return time.Time{}, err
	}
	return onDay(withoutFillers(text), c, now)
}

// unix reads seconds, or milliseconds when there are more digits than seconds have.
func unix(text string) time.Time {
	n, _ := strconv.ParseInt(text, 10, 64) // 13 digits at most
	if len(text) > 10 {
		return time.UnixMilli(n)
	}
	return time.Unix(n, 0)
}

func withoutFillers(text string) string {
	words := strings.Fields(text)
	kept := words[:0]
	for _, w := range words {
		if !fillerWords[w] {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// cutZone takes the zone off the end.
func cutZone(text string, local *time.Location) (rest string, zone *time.Location, err error) {
	if at := namedZone.FindStringIndex(text); at != nil && at[0] > 0 {
		return text[:at[0]], time.UTC, nil
	}
	found := offsetZone.FindStringSubmatchIndex(text)
	if found == nil {
		return text, local, nil
	}
	hours, _ := strconv.Atoi(text[found[4]:found[5]])
	minutes, _ := strconv.Atoi(text[found[6]:found[7]])
	if hours > 15 || minutes > 59 {
		return "", nil, errors.New("not a zone: it goes from -12:00 to +14:00")
	}
	seconds := hours*3600 + minutes*60
	if text[found[2]] == '-' {
		seconds = -seconds
	}
	return strings.TrimSpace(text[:found[2]]), time.FixedZone("", seconds), nil
}
