package profiles

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hubscope/device/sim/profile"
	"hubscope/hub/events/payload"
	"hubscope/ui/safe"
)

// shownMessages is how many messages are shown: as many as the greatest screen has room for.
const shownMessages = 40

// maxBody is how much of an unpacked body is looked at.
const maxBody = 64 << 10

// mistake is something wrong with a profile. Its text is harmless.
type mistake struct {
	line, column int // 0 when it is about the whole file
	text         string
}

func (m mistake) String() string {
	if m.line == 0 {
		return m.text
	}
	return fmt.Sprintf("line %d, column %d: %s", m.line, m.column, m.text)
}

// glance is what a device of a profile would do.
type glance struct {
	device   string
	profile  *profile.Profile // nil when the text is no profile
	mistakes []mistake
	messages []message
}

// message is one that a device would send.
type message struct {
	after  time.Duration // since the start
	kind   string
	head   string // properties, harmless
	body   []byte
	packed int // bytes on the wire when the body shown is an unpacked one; 0 when it is as sent
}

// subject is what there is to look at: a profile, or a text that may be one.
type subject struct {
	profile *profile.Profile
	file    string
	text    string
	device  string
	seed    uint64
	from    time.Time
}

// look reads the text and makes messages of it. It takes as long as that takes: it runs beside the screen.
func look(s subject) glance {
	g := glance{device: s.device, profile: s.profile}
	if g.profile == nil {
		p, err := profile.Parse(s.file, []byte(s.text))
		if err != nil {
			g.mistakes = mistakesOf(err)
			return g
		}
		g.profile = p
	}
	all, err := g.profile.Preview(s.device, s.seed, s.from, shownMessages)
	if err != nil {
		g.mistakes = mistakesOf(err)
	}
	for _, m := range all {
		g.messages = append(g.messages, messageOf(m, s.from))
	}
	return g
}

func messageOf(p profile.Previewed, from time.Time) message {
	m := message{after: p.At.Sub(from), kind: p.Kind, body: p.Message.Content(), head: headOf(p)}
	if !payload.IsPlain(p.Message.ContentType, p.Message.ContentEncoding, m.body) {
		if out := payload.Head(p.Message.ContentType, p.Message.ContentEncoding, m.body, maxBody); out != nil {
			m.packed, m.body = len(m.body), out
		}
	}
	return m
}

// headOf is what goes with the body: ids and application properties, and the type where it is not the usual one.
func headOf(p profile.Previewed) string {
	m := p.Message
	var parts []string
	add := func(text string) { parts = append(parts, safe.Line(text, 120)) }
	if m.MessageID != "" {
		add(m.MessageID)
	}
	if m.CorrelationID != "" {
		add(m.CorrelationID)
	}
	for _, property := range m.Properties {
		add(property.Key + "=" + property.Value)
	}
	if m.ContentType != "" && m.ContentType != "application/json" {
		add(m.ContentType)
	}
	if m.ContentEncoding != "" && m.ContentEncoding != "utf-8" {
		add(m.ContentEncoding)
	}
	return strings.Join(parts, "  ")
}

// mistakesOf takes an error of reading or running a profile apart.
func mistakesOf(err error) []mistake {
	var many profile.Errors
	if errors.As(err, &many) {
		out := make([]mistake, 0, len(many))
		for _, e := range many {
			out = append(out, mistake{e.Line, e.Column, safe.Inline(e.Message)})
		}
		return out
	}
	var one *profile.Error
	if errors.As(err, &one) {
		return []mistake{{one.Line, one.Column, safe.Inline(one.Message)}}
	}
	var run *profile.RunError
	if errors.As(err, &run) {
		return []mistake{{run.Line, run.Column, safe.Inline(fmt.Sprintf("%s cannot be made: %v", run.What, run.Err))}}
	}
	return []mistake{{text: safe.Inline(err.Error())}}
}
