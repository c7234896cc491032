package method

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"hubscope/hub"
)

// The time-outs that a hub takes (protocol 2.7).
const (
	leastResponse = 5
	mostSeconds   = 300
)

// seconds reads "30", "30s" and "30 s"; nothing is the default.
func seconds(text string, least int, otherwise time.Duration) (time.Duration, error) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "s"))
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > mostSeconds {
		return 0, errors.New(strconv.Itoa(least) + " to 300 seconds")
	}
	return time.Duration(n) * time.Second, nil
}

func readResponse(text string) (time.Duration, error) {
	return seconds(text, leastResponse, hub.DefaultResponseTimeout)
}

func readConnect(text string) (time.Duration, error) {
	return seconds(text, 0, hub.DefaultConnectTimeout)
}

// inSeconds writes a time-out as it is typed.
func inSeconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
