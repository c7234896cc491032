package device

import (
	"encoding/json"
	"fmt"
	"time"

	"hubscope/device/topic"
)

// DesiredPatch is a change of the desired properties.
type DesiredPatch struct {
	Version int64
	// Patch is a JSON object with $version: what the service wrote, with null for a member that it deleted; the
	// whole document when Full.
	Patch json.RawMessage
	// Full tells that Patch is the whole document, read after a (re)connect or because a version was missed: what it
	// does not hold is not desired.
	Full bool
}

const (
	// maxHeld is how many changes are held while the whole document is read.
	maxHeld = 16
	// maxDesired is how many may wait for OnDesired. Beyond, the whole is read again when there is room.
	maxDesired = 32
)

// desiredVersion orders what comes of the desired properties. down.mu guards it.
type desiredVersion struct {
	known   bool  // the whole was read on this link
	last    int64 // the version given to OnDesired, or queued for it
	reading *request
	again   *time.Timer // runs before another try to read
	tries   int
	held    []DesiredPatch
}

func (v *desiredVersion) begin() {
	v.known, v.held, v.tries = false, nil, 0
	v.stop()
}

func (v *desiredVersion) stop() {
	if v.again != nil {
		v.again.Stop()
		v.again = nil
	}
}

// readDesired asks for the whole document, when it is wanted and not asked for yet. Needs down.mu.
func (c *Client) readDesired() {
	d := &c.down
	v := &d.version
	if c.o.OnDesired == nil || v.known || v.reading != nil || !d.greeting.has(answersID) || !d.greeting.has(desiredID) {
		return
	}
	// A read that waits from the connection before is as good: it is asked again on this one.
	r, err := c.ask(topic.ReadTwin, nil, c.gotDesired)
	if err != nil {
		c.readAgain()
		return
	}
	v.reading = r
}

// readAgain tries once more after a while, as long as the link stands: with the waits of a hub that throttles (protocol 10).
// Needs down.mu.
func (c *Client) readAgain() {
	d := &c.down
	v := &d.version
	if d.closed {
		return
	}
	v.stop()
	wait := min(c.o.Backoff.LastingMin<<min(v.tries, 10), c.o.Backoff.LastingMax)
	v.tries++
	v.again = time.AfterFunc(wait, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		c.readDesired()
	})
}

// gotDesired takes the whole document, or that it could not be had.
func (c *Client) gotDesired(a answer, err error) {
	var t Twin
	if err == nil {
		t, err = parseTwin(a.body)
	}
	d := &c.down
	d.mu.Lock()
	d.version.reading = nil
	if err != nil {
		c.readAgain()
	} else {
		c.acceptWhole(DesiredPatch{Version: t.DesiredVersion, Patch: t.Desired, Full: true})
	}
	closed := d.closed
	d.mu.Unlock()
	if err != nil && !closed {
		c.problem(fmt.Errorf("read the desired properties: %w", err))
	}
}

// acceptWhole gives the document to the handler, then what was held and is younger. Needs down.mu.
func (c *Client) acceptWhole(p DesiredPatch) {
	v := &c.down.version
	if !c.giveDesired(p) {
		c.readAgain()
		return
	}
	v.known, v.last, v.tries = true, p.Version, 0
	held := v.held
	v.held = nil
	for _, p := range held {
		if v.known && p.Version > v.last+1 { // the hub's document lags behind its changes: give it time
			c.down.counts.DesiredGaps++
			v.known = false
			c.readAgain()
		}
		c.acceptPatch(p)
	}
}

// takePatch takes a change from the link.
func (c *Client) takePatch(l *link, t topic.Delivery, body []byte) {
	if c.o.OnDesired == nil {
		return
	}
	p, err := parsePatch(t, body)
	d := &c.down
	d.mu.Lock()
	if err != nil {
		d.counts.Malformed++
	} else if d.greeting.link == l {
		c.acceptPatch(p)
	}
	d.mu.Unlock()
	if err != nil {
		c.problem(fmt.Errorf("change of desired properties: %w", err))
	}
}

// acceptPatch gives a change to the handler if it is the next one, passes over one that is known, and reads the whole
// when one is missing. Needs down.mu.
func (c *Client) acceptPatch(p DesiredPatch) {
	v := &c.down.version
	switch {
	case !v.known:
		c.hold(p)
	case p.Version <= v.last:
	case p.Version > v.last+1:
		c.down.counts.DesiredGaps++
		c.missed(p)
	case !c.giveDesired(p):
		c.missed(p)
	default:
		v.last = p.Version
		c.down.counts.DesiredPatches++
	}
}

func (c *Client) missed(p DesiredPatch) {
	c.down.version.known = false
	c.hold(p)
	c.readDesired()
}

// hold keeps a change until the whole is read; of too many the oldest goes, and is found missing then if it matters.
func (c *Client) hold(p DesiredPatch) {
	v := &c.down.version
	if len(v.held) == maxHeld {
		v.held = append(v.held[:0], v.held[1:]...)
	}
	v.held = append(v.held, p)
}

func (c *Client) giveDesired(p DesiredPatch) bool {
	return c.down.add(&c.down.desired, maxDesired, func() { c.o.OnDesired(p) })
}

func parsePatch(t topic.Delivery, body []byte) (DesiredPatch, error) {
	if !isObject(body) {
		return DesiredPatch{}, fmt.Errorf("%w: it is no object", ErrBadTwin)
	}
	if t.Version != nil {
		return DesiredPatch{Version: *t.Version, Patch: body}, nil
	}
	version, err := versionIn(body)
	return DesiredPatch{Version: version, Patch: body}, err
}
