package c2d

import (
	"context"
	"errors"
	"strings"

	"hubscope/hub"
	"hubscope/hub/c2d"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// trouble is why something did not work, in words: harmless ones.
type trouble struct {
	short          string // a word or two
	sentence, next string
	detail         string // the service's own words, for the journal
	trackingID     string
	unknown        bool // the hub may have the message
}

// What is pressed when the hub may do it another time.
const (
	sendsAgain  = "r sends it again"
	purgesAgain = "D tries again"
)

// explain puts an error of sending or purging into words; again is the key that tries once more.
func explain(err error, again string) *trouble {
	sentence, next := hub.Explain(err)
	t := &trouble{short: "not sent", sentence: safe.Inline(bare(sentence)), next: safe.Inline(next), detail: safe.Inline(err.Error())}
	var refused *hub.Error
	var file *fileError
	switch {
	case errors.Is(err, c2d.ErrUnknownOutcome):
		t.short, t.unknown = "unknown", true
		t.next = "the hub may have it: look at the queue before " + again
	case errors.Is(err, context.Canceled):
		t.short, t.sentence, t.next = "cancelled", "cancelled before the hub had it", again
	case errors.As(err, &file):
		t.short, t.sentence, t.next = "no file", safe.Inline(err.Error()), "e names another"
	case errors.As(err, &refused):
		t.refused(refused, again)
	case t.next == "" || t.next == "send it again":
		t.next = again
	default:
		t.next += ", then " + again
	}
	return t
}

// refused has words for what a hub says.
func (t *trouble) refused(e *hub.Error, again string) {
	t.short, t.trackingID = "refused", e.TrackingID
	switch e.Code {
	case 401002:
		t.sentence, t.next = "the policy lacks ServiceConnect", "start hubscope with a policy that has it, such as service"
	case 403002:
		t.short, t.next = "quota", t.next+", then "+again
	case 403004:
		t.short, t.next = "queue full", "D purges the queue, or let the device take its messages"
	case 404001, 404010:
		t.short, t.next = "no device", "esc, then r reads the list again"
	case 403009, 413001:
		t.next = "w writes it anew from this one"
	}
	if errors.Is(e, hub.ErrThrottled) || errors.Is(e, hub.ErrUnavailable) {
		t.short, t.next = "throttled", "wait a moment, then "+again
	}
	if errors.Is(e, hub.ErrUnavailable) {
		t.short = "not sent"
	}
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

// report is a failure for the status line and the journal.
func (t *trouble) report(what string) page.Report {
	r := page.Failed(what, t.sentence, t.next)
	r.Detail, r.TrackingID = t.detail, t.trackingID
	if t.short == "cancelled" {
		r.Severity = page.Warning
	}
	return r
}

// fileError is a file that cannot be sent.
type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string { return "the file " + e.path + " was not read: " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }
