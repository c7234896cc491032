package c2d

import (
	"errors"
	"fmt"
	"strings"

	"hubscope/hub/c2d"
	"hubscope/ui/safe"
)

// lineMistake is what is wrong with a line, counted from 1. Its text is harmless.
type lineMistake struct {
	line int
	text string
}

func (m *lineMistake) String() string { return fmt.Sprintf("line %d: %s", m.line, m.text) }

// readProperties reads lines of key=value. Space around either does not count, and neither do empty lines.
func readProperties(text string) ([]c2d.Property, *lineMistake) {
	var all []c2d.Property
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, found := strings.Cut(line, "=")
		if !found {
			return nil, &lineMistake{i + 1, "key=value is expected"}
		}
		all = append(all, c2d.Property{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		if err := c2d.CheckProperties(all); err != nil {
			return nil, &lineMistake{i + 1, safe.Inline(words(err))}
		}
	}
	return all, nil
}

// words is what is wrong with a field, without saying which it is where that can be seen.
func words(err error) string {
	var field *c2d.FieldError
	if errors.As(err, &field) {
		return "it " + field.Reason
	}
	return err.Error()
}
