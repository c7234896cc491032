// Package failure puts what went wrong with a hub into words, for the status line,
// the journal and the place where the action started.
package failure

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// Of is the report of a failure: what was tried, the reason as a sentence, what to do
// next, and for the journal the service's own words and the tracking id.
func Of(what string, err error) page.Report {
	sentence, next := hub.Explain(err)
	r := page.Failed(what, sentence, next)
	r.Detail = err.Error()
	var refused *hub.Error
	if errors.As(err, &refused) {
		r.TrackingID = refused.TrackingID
	}
	return r
}

// Tell reports it.
func Tell(what string, err error) tea.Cmd { return page.Tell(Of(what, err)) }

// Note is Tell for a failure that its page or dialog shows already: journal only.
func Note(what string, err error) tea.Cmd {
	r := Of(what, err)
	r.Quiet = true
	return page.Tell(r)
}

// Words are the sentence and the next step, harmless, for the place where the action started.
func Words(err error) (sentence, next string) {
	sentence, next = hub.Explain(err)
	return safe.Inline(sentence), safe.Inline(next)
}

// Denied says that an action cannot be done, and why; nil when it can.
func Denied(ctx *page.Context, a page.Action, what string) tea.Cmd {
	why := ctx.Denied(a)
	if why == "" {
		return nil
	}
	return page.Tell(page.Report{Severity: page.Warning, Text: what + ": " + why})
}

// Learn records that the hub refuses an action to the policy, so that it is not offered
// again. Only a refusal of rights counts: a wrong key or a clock is another matter.
func Learn(ctx *page.Context, a page.Action, err error, words string) {
	var refused *hub.Error
	if ctx.Rights == nil || !errors.As(err, &refused) || !lacksRights(refused) {
		return
	}
	ctx.Rights.Deny(a, "the hub does not let this policy "+words)
}

// lacksRights tells a policy that may not from a token that is not good: 401002 speaks of
// what was asked, 401003 of who asks, unless its words name the rule (protocol 2.3).
func lacksRights(e *hub.Error) bool {
	return e.Code == 401002 || e.Name == "IotHubUnauthorizedAccess" || strings.Contains(e.Message, "does not allow access")
}
