package c2d

import (
	"context"
	"time"

	"hubscope/hub/c2d"
	"hubscope/hub/wire"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// draft is a message as it was written: the body of one from a file is read when it is sent.
type draft struct {
	c2d.Message
	json bool
	file string // "": the body is what was typed
}

// fate is what became of a message, as far as it is known.
type fate int

const (
	sending   fate = iota
	failed         // it did not reach the hub, or perhaps did
	queued         // the hub has it, and no more is known
	delivered      // the device completed it
	rejected       // the device rejected it
	expired
	purged
	givenUp // delivered too often in vain
	silent  // it asked for feedback, and none has come in its time
	other   // something that this program has no word for
)

// fates are those of the feedback (protocol 6.4).
var fates = map[string]fate{
	"Success": delivered, "Rejected": rejected, "Expired": expired, "Purged": purged, "DeliveryCountExceeded": givenUp,
}

// entry is a message that was sent, or is being sent.
type entry struct {
	serial  int
	draft   draft
	began   time.Time
	size    int  // of the body, in bytes
	gone    bool // the body is not kept any more
	fate    fate
	receipt c2d.Receipt
	sent    time.Time // when the hub had it
	trouble *trouble
	record  wire.FeedbackRecord // of the fates that the hub tells
	told    time.Time           // when the record came
}

// overdue is how long after its expiry feedback about a message is still waited for: it is batched, and a hub looks for
// expired messages now and then.
const overdue = 2 * time.Minute

// waits tells whether feedback about it may still come.
func (e *entry) waits() bool { return e.fate == queued && e.draft.Ack.Asks() }

// deadline is when feedback is not waited for any more.
func (e *entry) deadline() time.Time {
	ends := e.receipt.Expiry
	if ends.IsZero() {
		ends = e.sent.Add(c2d.DefaultTTL)
	}
	return ends.Add(overdue)
}

// running is the message that is being sent.
type running struct {
	*entry
	cancel context.CancelFunc
}

// desk is what is kept of one device for the session: the form, and the messages that were sent.
type desk struct {
	target  c2d.To
	form    *form
	history []*entry // the last first
	table   *widget.Table
	running *running
	touched bool // something was typed
}

// The bounds of what is kept.
const (
	mostEntries = 100
	mostDesks   = 200
	mostBytes   = 8 << 20 // of bodies, in all desks together
)

func newDesk(ctx *page.Context, t c2d.To) *desk {
	d := &desk{target: t, form: newForm(ctx)}
	d.table = widget.NewTable(&sent{ctx, d}, sentColumns...)
	return d
}

// add puts a message before the others and under the cursor.
func (d *desk) add(e *entry) {
	d.history = append([]*entry{e}, d.history...)
	d.history = d.history[:min(len(d.history), mostEntries)]
	d.table.Sync()
	d.table.Select(keyOf(e))
}

// shown is the message under the cursor, nil when there is none.
func (d *desk) shown() *entry {
	if len(d.history) == 0 {
		return nil
	}
	return d.history[min(d.table.Cursor(), len(d.history)-1)]
}

// plain says that nothing is lost with the desk.
func (d *desk) plain() bool { return !d.touched && len(d.history) == 0 && d.running == nil }

// desks are those of a session. When there are too many the one goes that was not used for longest, those first with
// which nothing is lost; never one with a message on its way.
type desks struct {
	all   map[c2d.To]*desk
	order []c2d.To // the last used last
}

func (ds *desks) get(t c2d.To, fresh func() *desk) *desk {
	for i, known := range ds.order {
		if known == t {
			ds.order = append(append(ds.order[:i:i], ds.order[i+1:]...), t)
			return ds.all[t]
		}
	}
	if ds.all == nil {
		ds.all = map[c2d.To]*desk{}
	}
	d := fresh()
	ds.all[t], ds.order = d, append(ds.order, t)
	ds.shrink()
	return d
}

func (ds *desks) shrink() {
	if len(ds.order) <= mostDesks {
		return
	}
	last := len(ds.order) - 1 // in use
	for _, goes := range []func(*desk) bool{(*desk).plain, func(d *desk) bool { return d.running == nil }} {
		for i, t := range ds.order[:last] {
			if goes(ds.all[t]) {
				delete(ds.all, t)
				ds.order = append(ds.order[:i:i], ds.order[i+1:]...)
				return
			}
		}
	}
}

// spare lets go of bodies, the oldest first, until what is kept fits.
func (ds *desks) spare() {
	kept, oldest := 0, (*entry)(nil)
	for _, d := range ds.all {
		for _, e := range d.history {
			kept += len(e.draft.Body)
			if len(e.draft.Body) > 0 && e.fate != sending && (oldest == nil || e.serial < oldest.serial) {
				oldest = e
			}
		}
	}
	if kept <= mostBytes || oldest == nil {
		return
	}
	oldest.draft.Body, oldest.gone = nil, true
	ds.spare()
}

// each calls fn with every message.
func (ds *desks) each(fn func(*desk, *entry)) {
	for _, d := range ds.all {
		for _, e := range d.history {
			fn(d, e)
		}
	}
}
