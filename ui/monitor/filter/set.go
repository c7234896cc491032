package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hubscope/ui/monitor/history"
)

// Named is a filter that is kept under a name.
type Named struct {
	Name string `toml:"name"`
	Text string `toml:"filter"`
	On   bool   `toml:"on"`
	Hide bool   `toml:"hide"` // what it lets through is hidden, and else the only thing shown

	filter *Filter
	err    error
}

// Compile makes it ready; an error of its text stays with it, and it is left out then.
func (n *Named) Compile(now func() time.Time) { n.filter, n.err = ParseAt(n.Text, now) }

// Err is what is wrong with its text.
func (n *Named) Err() error { return n.err }

// Active tells whether it decides anything.
func (n *Named) Active() bool { return n.On && n.err == nil && !n.filter.Empty() }

// Test tells whether it lets an event through, on or off. It is a history.Test.
func (n *Named) Test(e *history.Event, body []byte) history.Verdict {
	if n.err != nil {
		return history.Hides
	}
	v := n.filter.Test(e, body)
	switch {
	case v == history.Unread || !n.Hide:
		return v
	case v == history.Passes:
		return history.Hides
	}
	return history.Passes
}

// Label is the name as it stands on a line with others.
func (n *Named) Label() string {
	if n.Hide {
		return "[-" + n.Name + "]"
	}
	return "[" + n.Name + "]"
}

// Set is several filters. Those that are on must all let an event through.
type Set []*Named

// Active gives those that are on.
func (s Set) Active() Set {
	return slices.DeleteFunc(slices.Clone(s), func(n *Named) bool { return !n.Active() })
}

// Test tells whether all let the event through. It is a history.Test.
func (s Set) Test(e *history.Event, body []byte) history.Verdict {
	v := history.Passes
	for _, n := range s {
		switch n.Test(e, body) {
		case history.Hides:
			return history.Hides
		case history.Unread:
			v = history.Unread
		}
	}
	return v
}

// Timed tells whether what passes changes with time.
func (s Set) Timed() bool {
	return slices.ContainsFunc(s, func(n *Named) bool { return n.filter.Timed() })
}

// Marks are what they look for.
func (s Set) Marks() (all []Mark) {
	for _, n := range s {
		if !n.Hide {
			all = append(all, n.filter.Marks()...)
		}
	}
	return all
}

// maxName is how long a name may be, in characters.
const maxName = 32

// CheckName says what is wrong with a name for a filter; it may be that of the filter itself.
func (s Set) CheckName(name string, of *Named) error {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return errors.New("a filter needs a name")
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Errorf("a name has at most %d characters", maxName)
	}
	for _, n := range s {
		if n != of && strings.EqualFold(n.Name, name) {
			return fmt.Errorf("there is a filter named %s", n.Name)
		}
	}
	return nil
}

// FreeName is a name that none has yet.
func (s Set) FreeName() string {
	for i := len(s) + 1; ; i++ {
		if name := fmt.Sprintf("filter %d", i); s.CheckName(name, nil) == nil {
			return name
		}
	}
}

// CutName takes the name off a filter that is typed with one: name = filter. A single = means nothing else.
func CutName(text string) (name, rest string) {
	before, after, found := strings.Cut(text, " = ")
	name = strings.TrimSpace(before)
	if !found || name == "" || strings.ContainsAny(name, "\"/*?:<>=!()[].") || isRoot(name) || len(strings.Fields(name)) > 3 {
		return "", text
	}
	return name, after
}
