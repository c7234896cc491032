package profile

import (
	"fmt"
	"math/bits"
	"sync"
	"time"
)

// Device is one device of a profile: the state of its values. It is safe for concurrent use.
type Device struct {
	profile  *Profile
	id       string
	seed     uint64
	identity uint64 // of id and seed

	mu    sync.Mutex
	start int64 // Unix nanoseconds of the first message
	last  int64 // of the last
	begun bool
	tick  uint32 // goes on when values do
	calls uint32 // of methods
	kinds []progress
	cells []cell // as the values of the profile
	twin
}

// progress is what a device knows of a kind of message.
type progress struct {
	made int64
	tick uint32
	was  bool // the condition held the last time
	// interval is what was set from outside, desired what the twin wants; 0 for none.
	interval, desired time.Duration
}

// NewDevice makes the device of an id. It costs little memory: ten thousand devices may share a profile.
func (p *Profile) NewDevice(id string, seed uint64) *Device {
	d := &Device{
		profile: p, id: id, seed: seed, identity: mix(seed, id), tick: 1,
		kinds: make([]progress, len(p.recipes)), cells: make([]cell, len(p.values)),
	}
	for i, v := range p.values {
		d.cells[i].random.Seed(d.identity, mix(d.identity, v.name))
	}
	return d
}

// SetInterval says that the messages of a kind have another interval than the profile's: so long as no desired property
// sets one. It is what is reported when a desired one cannot be taken.
func (d *Device) SetInterval(kind int, interval time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if kind >= 0 && kind < len(d.kinds) {
		d.kinds[kind].interval = interval
	}
}

// usual is the interval of a kind that no desired property sets.
func (d *Device) usual(kind int) time.Duration {
	if interval := d.kinds[kind].interval; interval > 0 {
		return interval
	}
	return d.profile.Messages[kind].Interval
}

// mix makes a number of a name that has nothing to do with that of another name or seed.
func mix(seed uint64, name string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a, without the allocation of hash/fnv
	h := uint64(offset)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * prime
	}
	return scramble(h ^ scramble(seed))
}

// scramble is the finishing step of splitmix64.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// elapsed is the time since the first message; 0 before it.
func (d *Device) elapsed(now time.Time) time.Duration {
	if !d.begun {
		return 0
	}
	return time.Duration(max(now.UnixNano()-d.start, 0))
}

// value gives the cell of a value as it is now. All that is made at the same time sees the same value. Whoever stands
// still sees what was seen last, or what will be seen first, and changes nothing.
func (d *Device) value(in *run, index int) (*cell, error) {
	c := &d.cells[index]
	of := d.profile.values[index]
	if in.still {
		if c.begun && (c.pinned || !of.derived()) {
			return c, nil
		}
		seen := *c
		c = &seen
	} else if c.begun && (c.tick == d.tick || c.pinned) {
		return c, nil
	}
	v, err := of.generator.next(in, c)
	if err != nil {
		return nil, fmt.Errorf("value %q: %w", of.name, err)
	}
	if len(v.text) > maxText {
		return nil, fmt.Errorf("value %q: %w: a text of %d bytes, at most %d are allowed", of.name, ErrTooLarge, len(v.text), maxText)
	}
	c.value, c.begun, c.tick = v, true, d.tick
	return c, nil
}

// move lets the values go on when a message of the kind is due: the clock has moved, or the kind has seen these values.
func (d *Device) move(kind int, now time.Time) {
	at := now.UnixNano()
	switch {
	case !d.begun:
		d.begun, d.start = true, at
	case at != d.last || d.kinds[kind].tick == d.tick:
		d.tick++
	}
	d.last = at
	d.kinds[kind].tick = d.tick
}

// Jitter is how much later than due the message of a kind goes that is due for the n-th time: less than the kind's
// jitter, and always the same for the same seed, device, kind and n.
func (d *Device) Jitter(kind int, n int64) time.Duration {
	if kind < 0 || kind >= len(d.profile.Messages) {
		return 0
	}
	of := &d.profile.Messages[kind]
	return chance(of.Jitter, mix(d.identity, of.Name), n)
}

// chance gives a duration from 0 to less than the greatest.
func chance(greatest time.Duration, stream uint64, n int64) time.Duration {
	if greatest <= 0 {
		return 0
	}
	part, _ := bits.Mul64(scramble(stream^scramble(uint64(n))), uint64(greatest))
	return time.Duration(part)
}
