package series

import (
	"slices"
	"strings"
	"time"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/history"
)

// MaxLines is how many devices have a line.
const MaxLines = 24

// Series is a field of all devices that send it.
type Series struct {
	Path field.Path
	// Others are values of devices beyond MaxLines, Without events that have no number there.
	Others, Without uint64

	lines []*Line // by name
	at    *Line   // of the value before
}

// New makes an empty series.
func New(path field.Path) *Series { return &Series{Path: path} }

// Lines are those of all devices, by their names. It is good until the next Add.
func (s *Series) Lines() []*Line { return s.lines }

// Add takes the value of an event, if it has one; body is its body, unpacked.
func (s *Series) Add(e *history.Event, body []byte) {
	v, found := number(s.Path, e, body)
	if !found {
		s.Without++
		return
	}
	l := s.line(e)
	if l == nil {
		s.Others++
		return
	}
	l.Add(e.Enqueued, v)
}

func (s *Series) line(e *history.Event) *Line {
	if s.at != nil && e.ModuleID == "" && s.at.Name == e.DeviceID {
		return s.at
	}
	name := e.Name()
	i, known := slices.BinarySearchFunc(s.lines, name, func(l *Line, name string) int { return strings.Compare(l.Name, name) })
	if !known {
		if len(s.lines) >= MaxLines {
			return nil
		}
		s.lines = slices.Insert(s.lines, i, &Line{Name: name})
	}
	s.at = s.lines[i]
	return s.at
}

// Span is from the first to the last value of all lines; zero times when there is none.
func (s *Series) Span() (from, to time.Time) {
	for _, l := range s.lines {
		if l.N == 0 {
			continue
		}
		if from.IsZero() || l.since.Before(from) {
			from = l.since
		}
		if l.LastAt.After(to) {
			to = l.LastAt
		}
	}
	return from, to
}
