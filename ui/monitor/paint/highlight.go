package paint

import "strings"

// A Finder finds something in a text: where, and how many bytes; n is 0 when it is not there.
type Finder interface {
	Index(text string) (at, n int)
}

// Highlight marks all that is found in a line that was drawn already, whatever colours it is in: what is found may go
// over a change of colour.
func Highlight[F Finder](line string, finders []F, pen Pen) string {
	if len(finders) == 0 {
		return line
	}
	spans := find(withoutSequences(line), finders)
	if len(spans) == 0 {
		return line
	}
	h := highlighter{pen: pen, spans: spans}
	h.b.Grow(len(line) + len(spans)*32)
	for i := 0; i < len(line); {
		if end := sequenceEnd(line, i); end > i {
			h.sequence(line[i:end])
			i = end
			continue
		}
		h.text(line[i])
		i++
	}
	h.leave()
	return h.b.String()
}

// span is where something was found, in bytes of the text without its colours.
type span struct{ from, to int }

// find gives what is found, in order; of two that overlap the first.
func find[F Finder](text string, finders []F) (spans []span) {
	for from := 0; from < len(text); {
		next := span{len(text), len(text)}
		for _, f := range finders {
			if at, n := f.Index(text[from:]); n > 0 && from+at < next.from {
				next = span{from + at, from + at + n}
			}
		}
		if next.from == len(text) {
			break
		}
		spans = append(spans, next)
		from = next.to
	}
	return spans
}

type highlighter struct {
	b       strings.Builder
	pen     Pen
	spans   []span // still to come, the first may be under way
	at      int    // of the text without its colours
	inside  bool
	colours string // in force in the line
}

// sequence takes a colour of the line; inside of what is found it waits.
func (h *highlighter) sequence(s string) {
	if s == "\x1b[m" || s == "\x1b[0m" {
		h.colours = ""
	} else {
		h.colours += s
	}
	if !h.inside {
		h.b.WriteString(s)
	}
}

func (h *highlighter) text(c byte) {
	if h.inside && h.at == h.spans[0].to {
		h.leave()
		h.spans = h.spans[1:]
	}
	if !h.inside && len(h.spans) > 0 && h.at == h.spans[0].from {
		h.inside = true
		if h.colours != "" {
			h.b.WriteString("\x1b[m")
		}
		h.b.WriteString(h.pen.Open)
	}
	h.b.WriteByte(c)
	h.at++
}

func (h *highlighter) leave() {
	if h.inside {
		h.inside = false
		h.b.WriteString(h.pen.Close)
		h.b.WriteString(h.colours)
	}
}

// sequenceEnd is where the escape sequence ends that begins at i, i when there is none. Lines that were drawn hold
// sequences of one kind only: ESC [ ... letter.
func sequenceEnd(line string, i int) int {
	if line[i] != 0x1b {
		return i
	}
	for end := i + 1; end < len(line); end++ {
		if c := line[end]; c >= '@' && c <= '~' && c != '[' {
			return end + 1
		}
	}
	return len(line)
}

func withoutSequences(line string) string {
	if strings.IndexByte(line, 0x1b) < 0 {
		return line
	}
	var b strings.Builder
	b.Grow(len(line))
	for i := 0; i < len(line); {
		if end := sequenceEnd(line, i); end > i {
			i = end
			continue
		}
		b.WriteByte(line[i])
		i++
	}
	return b.String()
}
