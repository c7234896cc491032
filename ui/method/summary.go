package method

import (
	"context"
	"errors"
	"fmt"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// mostNamed is how many failures the journal names.
const mostNamed = 20

// summary says what became of a batch.
func (p *Many) summary(b *batch, err error) page.Report {
	var t tally
	named, detail, tracking := 0, "", ""
	for _, row := range b.rows {
		one := p.results.all[row]
		switch one.rank() {
		case 0:
			t.failed++
		case 1:
			t.other++
		case 3:
			t.left++
		default:
			t.fine++
		}
		if one.rank() > 1 {
			continue
		}
		if named++; named <= mostNamed {
			detail += fmt.Sprintf("; %s: %s", one.device, outcome(one.entry))
		}
		if tr := one.entry.trouble; tr != nil && tracking == "" {
			tracking = tr.trackingID
		}
	}
	r := page.Report{
		Severity: page.Success, Text: safe.Inline(b.call.Name) + " on " + widget.Plural(len(b.rows), "device") + ": " + t.words(),
		Detail: safe.Inline(detail), TrackingID: tracking,
	}
	if len(detail) > 0 {
		r.Detail = r.Detail[2:]
	}
	switch {
	case errors.Is(err, context.Canceled):
		r.Severity, r.Text, r.Next = page.Warning, r.Text+"; cancelled", "r calls the others"
	case err != nil:
		sentence, next := hub.Explain(err)
		r.Severity, r.Text, r.Next = page.Failure, r.Text+": "+safe.Inline(bare(sentence)), safe.Inline(next)
	case t.failed+t.other+t.left > 0:
		r.Severity, r.Next = page.Warning, "o shows them first, r calls them again"
	}
	return r
}

// outcome is what came of a call in a few words.
func outcome(e *entry) string {
	if e.trouble != nil {
		return e.trouble.sentence
	}
	return statusText(e.result.Status) + " " + safe.Line(compact(e.result.Payload), 80)
}

// words say a tally, leaving out those of which there are none.
func (t tally) words() string {
	text := ""
	for _, part := range []struct {
		n    int
		what string
	}{
		{t.fine, "answered"}, {t.other, "answered with another status"}, {t.failed, "failed"}, {t.waiting, "waiting"}, {t.left, "not called"},
	} {
		if part.n == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += widget.Count(part.n) + " " + part.what
	}
	return text
}
