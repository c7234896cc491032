package amqp

import (
	"net/url"
	"strings"

	"hubscope/hub/localhub/core"
)

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

// identity reads the id of devices/{id}/… or devices/{id}/modules/{mid}/…, in
// which ids are percent-encoded (protocol 6.3).
func (a address) identity() (core.ID, bool) {
	if !strings.EqualFold(a.segment(0), "devices") || a.segment(1) == "" {
		return core.ID{}, false
	}
	id := core.ID{Device: unescape(a.segment(1))}
	if strings.EqualFold(a.segment(2), "modules") {
		id.Module = unescape(a.segment(3))
		return id, id.Module != ""
	}
	return id, true
}

// unescape decodes once; an id that was not encoded may hold any percent sign.
func unescape(segment string) string {
	if id, err := url.PathUnescape(segment); err == nil {
		return id
	}
	return segment
}
