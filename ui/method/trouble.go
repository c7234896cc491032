package method

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// trouble is why there is no answer, in words: harmless ones.
type trouble struct {
	short          string // a word or two
	sentence, next string
	detail         string // the service's own words, for the journal
	trackingID     string
}

// explain puts an error into words. canStart says that a simulated device can be started for the target.
func explain(err error, c hub.MethodCall, t target, canStart bool) *trouble {
	f := words(err, c, t, canStart)
	f.sentence, f.next, f.detail = safe.Inline(f.sentence), safe.Inline(f.next), safe.Inline(err.Error())
	var refused *hub.Error
	if errors.As(err, &refused) {
		f.trackingID = refused.TrackingID
	}
	return f
}

func words(err error, c hub.MethodCall, t target, canStart bool) *trouble {
	var refused *hub.Error
	switch {
	case errors.As(err, &refused):
		return refusal(refused, c, t, canStart)
	case errors.Is(err, context.Canceled):
		return &trouble{short: "cancelled", sentence: "cancelled: nobody waits for the answer any more", next: "the device may run it all the same; r calls again"}
	}
	reason, next := hub.Explain(err)
	f := &trouble{short: "failed", sentence: bare(reason), next: next}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		f.short, f.sentence = "no answer", "the hub did not answer in "+widget.Span(patience(c))
		f.next = "whether the device has run it is not known: look there before r calls again"
	case dropped(err):
		f.short = "cut off"
		f.next = "whether the device has run it is not known: look there before r calls again"
	}
	return f
}

// dropped says whether the connection was lost after the call may have gone out. One that was never made is none.
func dropped(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return false
	}
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// refusal is what the hub says.
func refusal(e *hub.Error, c hub.MethodCall, t target, canStart bool) *trouble {
	whose := "device"
	if t.module != "" {
		whose = "module"
	}
	switch {
	case e.Code == 404103:
		f := &trouble{short: "offline", sentence: "the " + whose + " is not connected, or does not listen to methods", next: "a time to connect waits for it"}
		if c.ConnectTimeout > 0 {
			f.sentence = "the " + whose + " did not connect in " + widget.Interval(c.ConnectTimeout)
			f.next = "give it more time to connect"
		}
		if canStart {
			f.next = "s starts its simulated device, then r calls again; " + f.next
		}
		return f
	case e.Code == 504101 || e.Status == 504:
		return &trouble{
			short: "no answer", sentence: "the " + whose + " did not answer in " + widget.Interval(c.ResponseTimeout),
			next: "e gives it more time, or look at the " + whose + ": it may have run it",
		}
	case e.Code == 404104:
		return &trouble{short: "went away", sentence: "the " + whose + " went away before it answered", next: "see whether it has run it, then r calls again"}
	case e.Code == 404001 || e.Code == 404010:
		return &trouble{short: "unknown", sentence: "the hub has no such " + whose + " any more", next: "esc, then r reads the list again"}
	case errors.Is(e, hub.ErrTooLarge):
		return &trouble{short: "too large", sentence: "the payload or the answer is too large: a hub takes 128 kB", next: "e makes the payload smaller"}
	}
	reason, next := hub.Explain(e)
	f := &trouble{short: "refused", sentence: bare(reason), next: next}
	switch {
	case errors.Is(e, hub.ErrThrottled):
		f.short = "throttled"
	case e.Status == 502:
		f.short = "not JSON"
	case e.Status >= 500:
		f.short = "failed"
	}
	return f
}

// bare is a reason without what was tried: that stands beside it.
func bare(reason string) string {
	if rest, ok := strings.CutPrefix(reason, "could not "); ok {
		if _, why, found := strings.Cut(rest, ": "); found {
			return why
		}
	}
	return reason
}

// patience is how long a call may take with all that can happen to it on the way.
func patience(c hub.MethodCall) time.Duration {
	return c.ResponseTimeout + c.ConnectTimeout + 15*time.Second
}

// report is a failure for the status line and the journal.
func (f *trouble) report(what string) page.Report {
	r := page.Failed(what, f.sentence, f.next)
	r.Detail, r.TrackingID = f.detail, f.trackingID
	if f.short == "cancelled" {
		r.Severity = page.Warning
	}
	return r
}
