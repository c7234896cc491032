package monitor

import (
	"errors"

	"hubscope/hub"
	"hubscope/hub/events"
)

// remedies are what helps against an error of the stream, the keys first.
func (p *Page) remedies(err error) []reason {
	_, next := hub.Explain(err)
	var all []reason
	switch {
	case errors.Is(err, events.ErrStolen):
		all = []reason{{"g", "chooses another group"}}
		next = "a higher owner level takes the partition over; or stop the other reader first"
	case errors.Is(err, events.ErrTooManyReceivers):
		all = []reason{{"g", "chooses another group"}}
		next = "or stop one of the other readers first"
	case errors.Is(err, events.ErrConsumerGroup):
		all = []reason{{"g", "chooses another group"}}
		next = p.newGroupText()
	case errors.Is(err, events.ErrPartition):
		all = []reason{{"c", "chooses among the partitions of the hub"}}
		next = ""
	case errors.Is(err, events.ErrPosition):
		all = []reason{{"t", "starts elsewhere"}}
		next = ""
	case p.blocked():
		all = []reason{{"w", p.wayText()}}
		if p.triedWebSocket(events.Worked) {
			next = "" // the key says it
		}
	}
	again := "tries at once"
	if p.ended() {
		again = "tries again"
	}
	all = append(all, reason{"r", again})
	if next != "" {
		all = append(all, reason{"", next})
	}
	return all
}

// sentencesOf are the remedies for one line.
func sentencesOf(all []reason) []string {
	texts := make([]string, 0, len(all))
	for _, r := range all {
		text := r.text
		if r.key != "" {
			text = r.key + " " + text
		}
		texts = append(texts, text)
	}
	return texts
}

// newGroupText says where a consumer group comes from.
func (p *Page) newGroupText() string {
	if p.ctx.Local {
		return "hubscope hub --consumer-group NAME starts a local hub that has it"
	}
	return "a group is created in the Azure portal, under Built-in endpoints"
}
