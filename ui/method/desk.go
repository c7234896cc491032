package method

import (
	"context"
	"sync/atomic"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

// target is whose methods are called; module is "" for the device's own.
type target struct{ device, module string }

func (t target) String() string {
	if t.module == "" {
		return t.device
	}
	return t.device + "/" + t.module
}

// entry is a call that was made, or is under way.
type entry struct {
	serial int
	call   hub.MethodCall
	began  time.Time
	// ended is false while it is under way. Then result or trouble is what came of it.
	ended   bool
	result  hub.MethodResult
	trouble *trouble
	took    time.Duration
}

// running is the call under way at a desk.
type running struct {
	*entry
	cancel context.CancelFunc
	// until is when a hub that is throttled is asked again, in Unix nanoseconds; 0: it is not. It is written by
	// the goroutine of the call.
	until atomic.Int64
}

// desk is what is kept of one target for the session: the form, and the calls that were made.
type desk struct {
	target  target
	form    *form
	history []*entry // the last first
	table   *widget.Table
	running *running
	touched bool // something was typed
}

// The bounds of what is kept.
const (
	mostEntries = 50
	mostDesks   = 200
)

func newDesk(ctx *page.Context, t target, names func() []string) *desk {
	d := &desk{target: t, form: newForm(ctx, names)}
	d.table = widget.NewTable(&calls{ctx, d}, callColumns...)
	return d
}

// add puts a call before the others and under the cursor.
func (d *desk) add(e *entry) {
	d.history = append([]*entry{e}, d.history...)
	d.history = d.history[:min(len(d.history), mostEntries)]
	d.table.Sync()
	d.table.Select(keyOf(e))
}

// shown is the call whose answer is shown, nil when there is none.
func (d *desk) shown() *entry {
	if len(d.history) == 0 {
		return nil
	}
	return d.history[min(d.table.Cursor(), len(d.history)-1)]
}

// plain says that nothing is lost with the desk.
func (d *desk) plain() bool { return !d.touched && len(d.history) == 0 && d.running == nil }

// desks are those of a session. When there are too many the one goes that was not used for longest, those first with
// which nothing is lost; never one with a call under way.
type desks struct {
	all   map[target]*desk
	order []target // the last used last
}

func (ds *desks) get(t target, fresh func() *desk) *desk {
	for i, known := range ds.order {
		if known == t {
			ds.order = append(append(ds.order[:i:i], ds.order[i+1:]...), t)
			return ds.all[t]
		}
	}
	if ds.all == nil {
		ds.all = map[target]*desk{}
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
