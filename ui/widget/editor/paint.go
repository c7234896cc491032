package editor

import (
	"strings"

	"hubscope/ui/monitor/paint"
)

// JSON colours a line of JSON.
func JSON(line string, pens *[paint.Kinds]paint.Pen) string {
	return paint.Spans(paint.Tokens(line), pens)
}

// TOML colours a line of TOML. Texts that go over several lines are coloured as if each of these stood alone.
func TOML(line string, pens *[paint.Kinds]paint.Pen) string {
	var spans []paint.Span
	trimmed := strings.TrimLeft(line, " ")
	if strings.HasPrefix(trimmed, "[") && !strings.Contains(trimmed, ",") && !strings.HasPrefix(line, "  ") {
		head, rest := cutComment(line)
		return paint.Spans([]paint.Span{{Kind: paint.FreshSpan, Text: head}, {Kind: paint.MutedSpan, Text: rest}}, pens)
	}
	for line != "" {
		n, kind := tomlToken(line)
		if (kind == paint.WordSpan || kind == paint.StringSpan || kind == paint.NumberSpan) && isKey(line[n:]) {
			kind = paint.KeySpan
		}
		spans = append(spans, paint.Span{Kind: kind, Text: line[:n]})
		line = line[n:]
	}
	return paint.Spans(spans, pens)
}

func cutComment(line string) (head, comment string) {
	if i := strings.IndexByte(line, '#'); i >= 0 {
		return line[:i], line[i:]
	}
	return line, ""
}

// isKey tells whether what follows makes a word a key.
func isKey(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, ".")
}

const bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"

func tomlToken(line string) (n int, kind paint.SpanKind) {
	switch c := line[0]; {
	case c == '#':
		return len(line), paint.MutedSpan
	case c == '"' || c == '\'':
		return quoted(line), paint.StringSpan
	case c >= '0' && c <= '9' || (c == '-' || c == '+') && len(line) > 1 && line[1] >= '0' && line[1] <= '9':
		return span(line, bare+"0123456789.:+"), paint.NumberSpan
	case strings.IndexByte(bare, c) >= 0:
		return span(line, bare+"0123456789"), paint.WordSpan
	case c == ' ' || strings.IndexByte("{}[],=.", c) >= 0:
		return span(line, " {}[],=."), paint.PunctSpan
	}
	for n = 1; n < len(line) && line[n]&0xc0 == 0x80; n++ { // all of a character
	}
	return n, paint.PlainSpan
}

func quoted(line string) int {
	quote := line[0]
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quote == '"':
			i++
		case line[i] == quote:
			return i + 1
		}
	}
	return len(line)
}

// span is how many characters of the set line begins with, at least one.
func span(line, set string) int {
	n := 1
	for n < len(line) && strings.IndexByte(set, line[n]) >= 0 {
		n++
	}
	return n
}
