package faults

import (
	"errors"
	"path"
	"strconv"
	"strings"
	"time"

	"hubscope/hub"
)

var (
	errStrikes = errors.New("how often? Such as always, once, 3 times, 10 %, or 1 in 5")
	errEnds    = errors.New("when does it end? After a time such as 30 s or 5 min, or never")
	errFigure  = errors.New("a time is needed, such as 500 ms or 10 s, of 5 min at most")
	errDevice  = errors.New("not a pattern: * stands for any text, ? for one character")
)

func checkWith[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}

func checkDevice(text string) error {
	if _, err := path.Match(strings.TrimSpace(text), ""); err != nil || strings.TrimSpace(text) == "" || len(text) > 256 {
		return errDevice
	}
	return nil
}

// parseStrikes gives a fault of which only how often it strikes is set.
func parseStrikes(text string) (hub.Fault, error) {
	t := strings.ToLower(strings.Join(strings.Fields(text), " "))
	switch t {
	case "always":
		return hub.Fault{}, nil
	case "once":
		return hub.Fault{Count: 1}, nil
	}
	if percent, ok := strings.CutSuffix(t, "%"); ok {
		return strikesPercent(strings.TrimSpace(percent))
	}
	if times, ok := strings.CutSuffix(t, " times"); ok {
		n, err := atLeast(1, times)
		return hub.Fault{Count: n}, err
	}
	if every, ok := strings.CutPrefix(t, "1 in "); ok {
		n, err := atLeast(2, every)
		return hub.Fault{Every: n}, err
	}
	return hub.Fault{}, errStrikes
}

func strikesPercent(text string) (hub.Fault, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v > 0 && v <= 100) {
		return hub.Fault{}, errStrikes
	}
	return hub.Fault{Rate: v / 100}, nil
}

func atLeast(least int64, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < least {
		return 0, errStrikes
	}
	return n, nil
}

// parseEnds gives 0 for never.
func parseEnds(text string) (time.Duration, error) {
	if strings.EqualFold(strings.TrimSpace(text), "never") {
		return 0, nil
	}
	d, ok := parseSpan(text)
	if !ok {
		return 0, errEnds
	}
	return d, nil
}

func parseFigure(text string) (time.Duration, error) {
	d, ok := parseSpan(text)
	if !ok || d > 5*time.Minute {
		return 0, errFigure
	}
	return d, nil
}

// parseSpan reads "250 ms", "1.5", "2 min", "1h30m"; a number alone is seconds.
func parseSpan(text string) (time.Duration, bool) {
	t := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), " ", ""))
	if _, err := strconv.ParseFloat(t, 64); err == nil {
		t += "s"
	}
	t = strings.NewReplacer("min", "m", "sec", "s").Replace(t)
	d, err := time.ParseDuration(t)
	return d, err == nil && d > 0
}
