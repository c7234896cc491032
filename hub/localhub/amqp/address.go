package amqp

import "strings"

// address is a node address without scheme, host and outer slashes
// (protocol 0, fact 15). Segments keep their case: ids have one.
type address struct {
	text     string // as the peer gave it
	segments []string
}

func parseAddress(text string) address {
	path := text
	if _, rest, ok := strings.Cut(text, "://"); ok {
		_, path, _ = strings.Cut(rest, "/")
	}
	path = strings.Trim(path, "/")
	if path == "" {
		return address{text: text}
	}
	return address{text: text, segments: strings.Split(path, "/")}
}

// path is the normal form, as core.Principal.Allows wants it.
func (a address) path() string { return strings.Join(a.segments, "/") }

// segment returns segment i, or "" when the address is shorter.
func (a address) segment(i int) string {
	if i >= len(a.segments) {
		return ""
	}
	return a.segments[i]
}

// matches tells whether the address has the form of pattern: segments
// separated by slashes, compared without case; "*" stands for any one segment
// and "**", at the end, for any number of them.
func (a address) matches(pattern string) bool {
	want := strings.Split(pattern, "/")
	for i, w := range want {
		if w == "**" {
			return true
		}
		if i >= len(a.segments) {
			return false
		}
		if w != "*" && !strings.EqualFold(w, a.segments[i]) {
			return false
		}
	}
	return len(want) == len(a.segments)
}
