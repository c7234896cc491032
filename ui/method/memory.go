package method

import (
	"slices"

	"hubscope/hub"
)

// Memory is what all forms of a program share: favourites, names that were called, and the last call. It belongs to
// the event loop.
type Memory struct {
	// path is the file of favourites; "": none are kept.
	path       string
	favourites []Favourite
	called     []string // the last first
	last       hub.MethodCall
	book       *book // opened last
}

// mostCalled bounds the names that are remembered.
const mostCalled = 200

// NewMemory returns a memory whose favourites are in the file path, which need not be there; with "" there are none.
func NewMemory(path string) *Memory {
	return &Memory{path: path, last: hub.MethodCall{ResponseTimeout: hub.DefaultResponseTimeout}}
}

// note remembers a call that is made.
func (m *Memory) note(c hub.MethodCall) {
	m.last = c
	m.called = slices.DeleteFunc(m.called, func(name string) bool { return name == c.Name })
	m.called = slices.Insert(m.called, 0, c.Name)
	m.called = m.called[:min(len(m.called), mostCalled)]
}

// names are those that were seen, each once: first the device's own, then those called, then favourites.
func (m *Memory) names(own []string) []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range own {
		add(name)
	}
	for _, name := range m.called {
		add(name)
	}
	for _, f := range m.favourites {
		add(f.Method)
	}
	return out
}
