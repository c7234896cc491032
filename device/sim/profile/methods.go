package profile

import (
	"fmt"
	"time"
)

// reply is one way to answer a method: the first whose condition holds is taken.
type reply struct {
	name, description string
	at                int
	status            int
	when              *ref
	answer            *template
	delay, spread     time.Duration
	set               []assignment
	report            *template
}

type assignment struct {
	value int // index of the value
	to    computed
}

const maxReplies = 200

// changedByMethods finds the names that methods set, before anything refers to them.
func (s *scope) changedByMethods(n *node) {
	if n == nil {
		return
	}
	for _, item := range n.items {
		if set := item.get("set"); set != nil {
			for _, e := range set.entries {
				s.changed[e.name] = true
			}
		}
	}
}

func (r *reader) methods(n *node) (all []Method, replies []reply) {
	if n == nil {
		return nil, nil
	}
	if n.kind != list || len(n.items) > maxReplies {
		r.wrong(n.at, "methods is a list of at most %d: begin each with [[methods]]", maxReplies)
		return nil, nil
	}
	r.scope.payload = true
	defer func() { r.scope.payload = false }()
	last := map[string]*reply{}
	for _, item := range n.items {
		if item.kind != table {
			r.wrong(item.at, "a method has to be a table, not %s", item.kind)
			continue
		}
		m := r.method(item)
		before := last[m.name]
		switch {
		case before == nil:
			all = append(all, Method{m.name, m.description})
		case before.when == nil:
			r.wrong(item.at, "method %q is always answered by the one before: give that one a condition, as in when = \"payload.force\"", m.name)
		}
		last[m.name] = &m
		replies = append(replies, m)
	}
	return all, replies
}

func (r *reader) method(n *node) reply {
	f := r.fields(n, "a method")
	m := reply{
		at: n.at, name: f.text("name", ""), description: f.text("description", ""),
		status: int(f.whole("status", 200, -1<<31, 1<<31-1)),
		delay:  f.duration("delay", 0, 0), spread: f.duration("delaySpread", 0, 0),
	}
	if m.name == "" {
		f.wrong(n.at, "a method needs a name")
	}
	if when := f.kind("when", text); when != nil {
		m.when = f.bare(when)
	}
	if answer := f.get("answer"); answer != nil {
		m.answer = f.jsonTemplate(answer)
	}
	if report := f.kind("report", table); report != nil {
		m.report = f.jsonTemplate(report)
	}
	if set := f.kind("set", table); set != nil {
		for _, e := range set.entries {
			if a, ok := f.assignment(e); ok {
				m.set = append(m.set, a)
			}
		}
	}
	f.done()
	return m
}

// assignment reads what a method makes of a value. A value that follows the time or other values would not stay as set.
func (f *fields) assignment(e entry) (assignment, bool) {
	i, ok := f.scope.byName[e.name]
	if !ok {
		names := make([]string, 0, len(f.scope.values))
		for _, v := range f.scope.values {
			names = append(names, v.name)
		}
		f.wrong(e.at, "unknown value %q%s", e.name, suggest(e.name, names))
		return assignment{}, false
	}
	switch f.scope.values[i].generator.(type) {
	case constant, counter, walk:
	default:
		f.wrong(e.at, "%q cannot be set: only constants, counters and walks can", e.name)
		return assignment{}, false
	}
	if e.value.kind == text && len(e.value.text) > 0 {
		if pieces := f.pieces(e.value); len(pieces) == 1 && pieces[0].ref != nil {
			return assignment{i, computed{pieces[0].ref, shortest}}, true
		} else if len(pieces) > 1 {
			f.wrong(e.value.at, `put the whole expression in braces, as in "{{a + b}}"`)
			return assignment{}, false
		}
	}
	v := literal(e.value)
	return assignment{i, computed{&ref{op: refConstant, constant: &v, at: e.value.at}, shortest}}, true
}

// apply sets the value: a counter or a walk goes on from there.
func (a *assignment) apply(in *run) error {
	v, err := a.to.next(in, nil)
	if err != nil {
		return err
	}
	c, of := &in.device.cells[a.value], in.device.profile.values[a.value]
	switch of.generator.(type) {
	case counter:
		f, ok := asFloat(v.boxed())
		if !ok {
			return fmt.Errorf("a counter is set to a whole number")
		}
		v = wholeOf(int64(f))
		c.count = v.whole
	case walk:
		f, ok := asFloat(v.boxed())
		if !ok {
			return fmt.Errorf("a walk is set to a number")
		}
		v = numberOf(f, of.generator.(walk).decimals)
		c.place = f
	default:
		c.pinned = true
	}
	c.value, c.begun = v, true
	return nil
}
