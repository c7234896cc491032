// Package unpack unpacks the bodies of events that were packed or compressed, beside the screen: a body of a few bytes
// may be made to take half a second. Whoever needs one says so, goes on without it, and is given it with a later
// message. What was unpacked last is kept.
package unpack

import (
	"slices"
	"strings"
	"time"

	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/history"
)

// Most is how much of a body is looked at: four times what a message of IoT Hub can hold.
const Most = 1 << 20

// Head unpacks a body, as much of it as is looked at. It is never nil.
func Head(contentType, contentEncoding string, body []byte) []byte {
	data := payload.Head(contentType, contentEncoding, body, Most)
	if data == nil {
		data = []byte{}
	}
	return data
}

// Bounds of one piece of work, and of what is kept.
const (
	maxBodies = 64
	maxPacked = 1 << 20
	maxOut    = 1 << 20
	maxTime   = 20 * time.Millisecond
	maxKept   = 8 << 20
	maxWanted = 4096
	serveTime = 2 * time.Millisecond
)

// Reader is somebody who needs bodies.
type Reader interface {
	// Unread gives the numbers of the events whose bodies are needed, the most urgent first.
	Unread(most int) []uint64
	// Read brings bodies in the order of their events' numbers, also such as were not asked for.
	Read(bodies []history.Body)
}

// Shelf holds the bodies that were unpacked last, and has others unpacked. It is for one goroutine.
type Shelf struct {
	bodies map[uint64][]byte
	order  []uint64 // of bodies, the oldest first
	bytes  int

	wanted map[uint64]packed // asked for by Body
	busy   bool              // work is under way
}

// packed is a body as it came, in memory of its own.
type packed struct {
	n                            uint64
	contentType, contentEncoding string
	body                         []byte
	asked                        bool // for by Body: nobody asks again when there was no time for it
}

func pack(n uint64, e *history.Event) packed {
	return packed{n, strings.Clone(e.ContentType), strings.Clone(e.ContentEncoding), slices.Clone(e.Body), false}
}

// NewShelf makes an empty one.
func NewShelf() *Shelf { return &Shelf{bodies: map[uint64][]byte{}, wanted: map[uint64]packed{}} }

// Body gives the body of an event, which has the number n in the history. When it is packed and not there, it is
// unpacked by the work to come: ask again later.
func (s *Shelf) Body(n uint64, e *history.Event) ([]byte, bool) {
	if payload.IsPlain(e.ContentType, e.ContentEncoding, e.Body) {
		return e.Body, true
	}
	data, has := s.bodies[n]
	if !has && len(s.wanted) < maxWanted {
		if _, waits := s.wanted[n]; !waits {
			p := pack(n, e)
			p.asked = true
			s.wanted[n] = p
		}
	}
	return data, has
}

// Known gives the body of an event that was packed and is unpacked already; nobody is asked to unpack one.
func (s *Shelf) Known(n uint64) (data []byte, is bool) {
	data, is = s.bodies[n]
	return data, is
}

// Result is what one piece of work made.
type Result struct {
	bodies []history.Body
	rest   []packed // for which there was no time or room
}

// Work gives what is to be done beside the screen for those who need bodies; its result is for Take. Nil when there is
// nothing to do, or work is under way. Those whose bodies are on the shelf get them at once: served tells.
func (s *Shelf) Work(event func(n uint64) *history.Event, readers ...Reader) (work func() Result, served bool) {
	if s.busy {
		return nil, false
	}
	j := job{event: event}
	for n, p := range s.wanted {
		if !j.hasRoom() {
			break
		}
		j.add(p)
		delete(s.wanted, n)
	}
	for _, r := range readers {
		for began := time.Now(); s.serve(r, &j); {
			served = true
			if time.Since(began) > serveTime {
				j.more = true
				break
			}
		}
	}
	if len(j.todo) == 0 && !j.more {
		return nil, served
	}
	s.busy = true
	return func() Result { return unpack(j.todo) }, served
}

// serve gives a reader what is on the shelf of what it needs next, and tells whether that was anything. What is not
// goes to the job.
func (s *Shelf) serve(r Reader, j *job) bool {
	var there []history.Body
	for _, n := range r.Unread(maxBodies) {
		data, has := s.bodies[n]
		switch e := j.event(n); {
		case has:
			there = append(there, history.Body{N: n, Data: data})
		case e == nil: // it has fallen out
			there = append(there, history.Body{N: n, Data: []byte{}})
		case j.hasRoom() && !j.has(n):
			j.add(pack(n, e))
		}
	}
	if len(there) == 0 {
		return false
	}
	slices.SortFunc(there, byNumber)
	r.Read(there)
	return true
}

// job is what is to be unpacked at once.
type job struct {
	event func(n uint64) *history.Event
	todo  []packed
	size  int
	more  bool // there was no time to see all that is needed
}

func (j *job) hasRoom() bool { return len(j.todo) < maxBodies && j.size <= maxPacked }

func (j *job) add(p packed) { j.todo, j.size = append(j.todo, p), j.size+len(p.body) }

func (j *job) has(n uint64) bool {
	return slices.ContainsFunc(j.todo, func(p packed) bool { return p.n == n })
}

// unpack does as much as there is time and room for; the rest is asked for again.
func unpack(todo []packed) Result {
	var r Result
	out := 0
	for began := time.Now(); len(todo) > 0; todo = todo[1:] {
		p := &todo[0]
		data := Head(p.contentType, p.contentEncoding, p.body)
		r.bodies = append(r.bodies, history.Body{N: p.n, Data: data})
		if out += len(data); out >= maxOut || time.Since(began) >= maxTime {
			r.rest = todo[1:]
			break
		}
	}
	slices.SortFunc(r.bodies, byNumber)
	return r
}

func byNumber(a, b history.Body) int {
	switch {
	case a.N < b.N:
		return -1
	case a.N > b.N:
		return 1
	}
	return 0
}

// Take keeps what was made and brings it to those who need it.
func (s *Shelf) Take(r Result, readers ...Reader) {
	s.busy = false
	for _, b := range r.bodies {
		s.keep(b)
	}
	for _, p := range r.rest {
		if p.asked {
			s.wanted[p.n] = p
		}
	}
	for _, reader := range readers {
		reader.Read(r.bodies)
	}
}

func (s *Shelf) keep(b history.Body) {
	if _, has := s.bodies[b.N]; has {
		return
	}
	s.bodies[b.N] = b.Data
	s.order = append(s.order, b.N)
	for s.bytes += len(b.Data); s.bytes > maxKept; s.order = s.order[1:] {
		s.bytes -= len(s.bodies[s.order[0]])
		delete(s.bodies, s.order[0])
	}
}

// Waits tells whether somebody who asked for a body has not got it yet.
func (s *Shelf) Waits() bool { return s.busy || len(s.wanted) > 0 }
