package startpos

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	partitionPattern = regexp.MustCompile(`^(?i)p(?:artition)? ?([0-9]{1,4})(?: (.*))?$`)
	sequencePattern  = regexp.MustCompile(`^(?i)(?:#|seq(?:uence)?(?: number)?(?: |=|:))(.*)$`)
	offsetPattern    = regexp.MustCompile(`^(?i)offset(?: |=|:)(.*)$`)
	// offsetText keeps an offset from ending the quotes that the client library puts around it.
	offsetText = regexp.MustCompile(`^[0-9A-Za-z:._-]{1,64}$`)
)

// cutPartition takes "p2" off the front.
func cutPartition(text string) (partition, rest string, err error) {
	found := partitionPattern.FindStringSubmatch(text)
	if found == nil {
		return "", text, nil
	}
	n, _ := strconv.Atoi(found[1]) // four digits at most
	partition = strconv.Itoa(n)
	if found[2] == "" {
		return "", "", fmt.Errorf("behind p%s there goes a number (p%s #512) or an offset (p%s offset 4812)", partition, partition, partition)
	}
	return partition, found[2], nil
}

// parsePlace reads a sequence number or an offset, and tells whether the text is meant as one.
func parsePlace(text string) (s Start, is bool, err error) {
	if found := sequencePattern.FindStringSubmatch(text); found != nil {
		digits := strings.TrimPrefix(strings.TrimSpace(found[1]), "#")
		n, err := strconv.ParseInt(strings.ReplaceAll(digits, ",", ""), 10, 64)
		if err != nil || n < 0 {
			return Start{}, true, errors.New("a sequence number is 0 or more, such as #512")
		}
		return Start{Kind: Sequence, Sequence: n}, true, nil
	}
	if found := offsetPattern.FindStringSubmatch(text); found != nil {
		offset := strings.TrimSpace(found[1])
		if !offsetText.MatchString(offset) {
			return Start{}, true, errors.New("an offset is as an event shows it, such as offset 4812")
		}
		return Start{Kind: Offset, Offset: offset}, true, nil
	}
	return Start{}, false, nil
}
