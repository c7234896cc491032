package startpos

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
	// longestAgo is more than any hub keeps events for.
	longestAgo = 3660 * day
)

var (
	agoPattern  = regexp.MustCompile(`^(?:[0-9]{1,9}(?:\.[0-9]{1,6})? ?[a-z]+(?: and |, |,| )?)+$`)
	agoPart     = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?) ?([a-z]+)`)
	oneOf       = regexp.MustCompile(`^an? ([a-z]+)$`)
	agoUnits    = map[string]time.Duration{}
	unitSpelled = map[time.Duration]string{
		time.Millisecond: "ms msec millisecond milliseconds",
		time.Second:      "s sec secs second seconds",
		time.Minute:      "m min mins minute minutes",
		time.Hour:        "h hr hrs hour hours",
		day:              "d day days",
		week:             "w wk week weeks",
	}
)

func init() {
	for unit, names := range unitSpelled {
		for name := range strings.FieldsSeq(names) {
			agoUnits[name] = unit
		}
	}
}

// parseAgo reads a span such as "90m" or "1 h 30 min ago", in lower case, and tells whether the text is one.
func parseAgo(text string) (span time.Duration, is bool) {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(text, "ago"), "-"))
	if found := oneOf.FindStringSubmatch(text); found != nil {
		unit, known := agoUnits[found[1]]
		return unit, known
	}
	if !agoPattern.MatchString(text) {
		return 0, false
	}
	for _, part := range agoPart.FindAllStringSubmatch(text, -1) {
		unit, known := agoUnits[part[2]]
		n, err := strconv.ParseFloat(part[1], 64)
		if !known || err != nil {
			return 0, false
		}
		if n*float64(unit) > float64(longestAgo) {
			return longestAgo + 1, true
		}
		span = min(span+time.Duration(n*float64(unit)), longestAgo+1)
	}
	return span, true
}
