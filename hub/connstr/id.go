package connstr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxIDLength is the greatest length of a device id or module id in characters.
const MaxIDLength = 128

const (
	idPunctuation     = `-:.+%_#*?!(),=@;$'`
	allowedCharacters = "allowed are the letters and digits of ASCII and - : . + % _ # * ? ! ( ) , = @ ; $ '"
)

// CheckDeviceID says in one sentence why id cannot be the id of a device or
// module: empty, longer than [MaxIDLength], or with a character that is not
// allowed, named with its position counted from 1. Nil when id is fine.
//
// The set of characters is the widest that the service's documents name (protocol 1.5).
func CheckDeviceID(id string) error {
	if reason := idProblem(id); reason != "" {
		return errors.New("a device id " + reason)
	}
	return nil
}

// idProblem gives the rest of a sentence that starts with the name of the id.
func idProblem(id string) string {
	if id == "" {
		return "must not be empty"
	}
	position := 0
	for i, r := range id {
		position++
		if AllowedInID(r) {
			continue
		}
		return fmt.Sprintf("must not have %s (position %d); %s", characterName(r, id[i:]), position, allowedCharacters)
	}
	if len(id) > MaxIDLength {
		return fmt.Sprintf("must have at most %d characters, this one has %d", MaxIDLength, len(id))
	}
	return ""
}

// AllowedInID says whether r may stand in the id of a device or module.
func AllowedInID(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(idPunctuation, r)
}

func characterName(r rune, rest string) string {
	switch {
	case r == ' ':
		return "a blank"
	case r == '\t':
		return "a tab"
	case r == utf8.RuneError && !strings.HasPrefix(rest, "\uFFFD"):
		return "a byte that is not UTF-8"
	}
	return strconv.QuoteRune(r)
}
