package create

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/twinpatch"
	"hubscope/ui/safe"
)

// maxReason is how long a status reason may be, in characters (protocol 1.5).
const maxReason = 128

func checkReason(text string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n > maxReason {
		return fmt.Errorf("a reason has at most %d characters, this one has %d", maxReason, n)
	}
	return nil
}

// checkParent checks an id; a scope is the hub's own text.
func checkParent(text string) error {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, hub.ScopePrefix) {
		return nil
	}
	return connstr.CheckDeviceID(text)
}

// checkTags checks the tags of a new twin: a JSON object by the rules of twins.
func checkTags(text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	tags, err := twinpatch.Parse([]byte(text))
	if err != nil {
		return inOneLine(err)
	}
	if wrong := twinpatch.Check(tags, twinpatch.MaxTags); len(wrong) > 0 {
		return inOneLine(wrong[0])
	}
	return nil
}

// inOneLine leaves out the number of the line: there is but one.
func inOneLine(err error) error {
	var m *twinpatch.Mistake
	if !errors.As(err, &m) {
		return err
	}
	return fmt.Errorf("column %d: %s", m.Place.Column, safe.Inline(m.Reason))
}
