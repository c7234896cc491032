package twin

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/inspect/tree"
)

// stamp is when a property was changed last, and in which version of its section: 0 when that is not told, as of what
// is reported (protocol 2.5).
type stamp struct {
	when    time.Time
	version int64
	of      map[string]*stamp
}

// readStamp reads $metadata, which mirrors the properties.
func readStamp(metadata gjson.Result) *stamp {
	s := &stamp{}
	metadata.ForEach(func(name, value gjson.Result) bool {
		switch {
		case name.String() == "$lastUpdated":
			if t, err := time.Parse(time.RFC3339Nano, value.String()); err == nil && t.Year() > 1 {
				s.when = t
			}
		case name.String() == "$lastUpdatedVersion":
			s.version = value.Int()
		case value.IsObject() && !strings.HasPrefix(name.String(), "$"):
			if s.of == nil {
				s.of = map[string]*stamp{}
			}
			s.of[name.String()] = readStamp(value)
		}
		return true
	})
	return s
}

// find is the stamp of a property; one that nothing is told of when there is none.
func (s *stamp) find(path []string) *stamp {
	for _, name := range path {
		if s = s.of[name]; s == nil {
			return &stamp{}
		}
	}
	return s
}

// stampOf is the stamp of a node, or of the array that it is in.
func (l *panel) stampOf(n int32) *stamp {
	for at := n; at > 0; at = l.tree.Nodes[at].Parent {
		if l.tree.Nodes[at].Kind == tree.Array {
			n = at
		}
	}
	return l.stamp.find(l.tree.Path(n))
}
