package sim

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hubscope/device"
)

// What a fleet does when the hub takes fewer messages than the devices send. MQTT has no word for that: a hub that
// throttles confirms later and later, and then closes connections on which more comes (protocol 9). All devices slow
// down together, to a bit less than what the hub confirms, and come back step by step.
//
// The hub is looked at in windows. Twice in a row one of these must be seen, so that a restart of the hub is no sign:
//   - connections that it closed while a message waited for its confirmation, of more than one device and not a few for
//     what it confirmed. Those of devices that wait for nothing are closed for another reason: see device.ErrTakenOver.
//   - confirmations that take long, and fewer of them than messages. A hub that is merely far away confirms as many.
const (
	throttleWindow = 5 * time.Second
	signsNeeded    = 2               // windows in a row
	longRound      = 2 * time.Second // for half of the confirmations
	fewestSigns    = 3               // connections, or messages that are missed
	closedPart     = 0.05            // of the confirmed messages
	missedPart     = 0.1             // of the messages
	slowTo         = 0.8             // of what is confirmed
	fasterBy       = 1.1             // after a window with no sign
	probeBy        = 1.02            // instead, within probeFor of the last sign: beyond what the hub took then
	probeFor       = time.Minute
	fallingBack    = 0.9           // of the messages: fewer are confirmed
	catchingUp     = 1.05          // of the messages: so many are confirmed
	slowest        = rate.Limit(1) // all devices together
	needless       = 0.7           // of the bound: when they send less and none waits, it is needed no more
)

// throttle bounds the messages of all devices while the hub is throttled.
type throttle struct {
	pace *rate.Limiter // Inf: there is no bound

	mu     sync.Mutex
	window window     // guarded by mu, as is all below
	signs  int        // windows in a row
	taken  rate.Limit // by the hub, in the last window with a sign
	last   time.Time  // of these windows
	queued time.Time  // when the last message that waits for its turn has it
}

// window is what was seen since it began.
type window struct {
	began           time.Time
	sent, confirmed int
	slow            int // of the confirmed ones
	closed, idly    int // connections that the hub closed: while a message waited, and while none did
	first           *Simulated
	many            bool // of more than one device
}

func newThrottle() *throttle { return &throttle{pace: rate.NewLimiter(rate.Inf, 1)} }

// strained tells whether the devices are slowed down.
func (t *throttle) strained() bool { return t.pace.Limit() != rate.Inf }

// slowedTo is how many messages all devices may send in a second; 0: there is no bound.
func (t *throttle) slowedTo() float64 {
	if limit := t.pace.Limit(); limit != rate.Inf {
		return float64(limit)
	}
	return 0
}

// admit takes the turn of a message and says how long to wait for it.
func (t *throttle) admit(now time.Time) time.Duration {
	if !t.strained() {
		return 0
	}
	wait := t.pace.ReserveN(now, 1).DelayFrom(now)
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := now.Add(wait); wait > 0 && at.After(t.queued) {
		t.queued = at
	}
	return wait
}

func (t *throttle) onSent(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(now)
	t.window.sent++
}

func (t *throttle) onConfirmed(took time.Duration, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(now)
	t.window.confirmed++
	if took >= longRound {
		t.window.slow++
	}
}

// onClosed is told that the hub closed a connection.
func (t *throttle) onClosed(s *Simulated, waiting bool, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(now)
	w := &t.window
	if !waiting {
		w.idly++
		return
	}
	w.closed++
	w.many = w.many || w.first != nil && w.first != s
	w.first = s
}

// advance judges the windows that are over. Needs mu.
func (t *throttle) advance(now time.Time) {
	if t.window.began.IsZero() {
		t.window.began = now
	}
	for now.Sub(t.window.began) >= throttleWindow {
		t.judge(now)
		began := t.window.began.Add(throttleWindow)
		if now.Sub(began) > time.Hour { // nobody has sent anything
			began = now
		}
		t.window = window{began: began}
	}
}

// judge looks at a window, and sets the bound. Needs mu.
func (t *throttle) judge(now time.Time) {
	w, limit := &t.window, t.pace.Limit()
	if w.isSign() {
		t.signs++
		if t.signs >= signsNeeded || limit != rate.Inf {
			t.taken, t.last = rate.Limit(float64(w.confirmed)/throttleWindow.Seconds()), w.began
			t.bound(now, max(slowest, min(limit, slowTo*t.taken)))
		}
		return
	}
	t.signs = 0
	switch {
	case limit == rate.Inf:
	case now.After(t.queued) && float64(w.sent) < needless*float64(limit)*throttleWindow.Seconds():
		t.bound(now, rate.Inf)
	case float64(w.confirmed) > catchingUp*float64(w.sent): // what waited from before is on its way
	case float64(w.confirmed) < fallingBack*float64(w.sent): // more waits than before, or there is no hub
	case limit >= t.taken && w.began.Sub(t.last) < probeFor:
		t.bound(now, limit*probeBy)
	default:
		t.bound(now, limit*fasterBy)
	}
}

// bound sets how many messages may go in a second; at most a tenth of a second of them at once.
func (t *throttle) bound(now time.Time, limit rate.Limit) {
	t.pace.SetLimitAt(now, limit)
	if limit != rate.Inf {
		t.pace.SetBurstAt(now, max(1, int(limit/10)))
	}
}

func (w *window) isSign() bool {
	closed := w.many && w.closed >= fewestSigns && w.closed > w.idly && float64(w.closed) >= closedPart*float64(w.confirmed)
	missed := w.sent - w.confirmed
	late := missed >= fewestSigns && 2*w.slow > w.confirmed && float64(missed) >= missedPart*float64(w.sent)
	return closed || late
}

// errSlowed is how the end of a connection looks while all are slowed down.
var errSlowed = fmt.Errorf("%w: it takes fewer messages than all devices send", device.ErrHubClosed)
