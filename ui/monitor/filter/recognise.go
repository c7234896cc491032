package filter

import (
	"regexp"
	"strings"
)

// What tells an expression from words: an operator beside a field, && or ||, a comparison that stands between spaces, a
// function, or a field of body, properties or system at the very beginning.
var signs = []*regexp.Regexp{
	regexp.MustCompile(`&&|\|\|`),
	regexp.MustCompile(`(?:^|[\s(!-])` + fieldName + `\s*(?:==|!=|<=|>=|<|>)`),
	regexp.MustCompile(`(?:==|!=|<=|>=|<|>)\s*` + roots + `(?:[.\[\s)]|$)`),
	regexp.MustCompile(before + fieldName + `\s+(?:not\s+)?(?:contains|startsWith|endsWith|matches)(?:\s*$|\s*["'(` + "`" + `]|\s+` + roots + `\b)`),
	regexp.MustCompile(before + fieldName + `\s+(?:not\s+)?in\s+(?:\[|[0-9]|` + roots + `[.\[])`),
	regexp.MustCompile(`(?:^|[\s(])(?:[0-9.]+|"_*")\s+(?:not\s+)?in\s+(?:` + roots + `[.\[]|[A-Za-z]+\()`),
	regexp.MustCompile(before + `[A-Za-z_][\w.\[\]]*\s+(?:==|!=|<=|>=|<|>)(?:\s|$)`),
	regexp.MustCompile(before + `(?:any|all|none|one|count|len|lower|upper|trim|sum|min|max|abs|round|float|int|now|date)\(`),
	regexp.MustCompile(`^\s*(?:!|not\s|\()*\s*(?:body|properties|system)[.\[]`),
}

const (
	before    = `(?:^|[\s(!])`
	roots     = `(?:body|properties|system|device|module|partition|sequence|offset|enqueued|received|source|size|age|messageId|correlationId|contentType|contentEncoding)`
	fieldName = roots + `(?:[.\[][^\s<>=!&|()]*)?`
)

// isExpression tells whether a filter is an expression and not words.
func isExpression(text string) bool {
	bare := blankQuotes(text)
	for _, s := range signs {
		if s.MatchString(bare) {
			return true
		}
	}
	return false
}

// blankQuotes puts _ for what is between quotes, and for regular expressions that are words.
func blankQuotes(text string) string {
	b := []byte(text)
	word := true // at the beginning of a word
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '"' || word && (c == '\'' || c == '`') || word && c == '/' && i+1 < len(b) && b[i+1] != ' ':
			for i++; i < len(b) && b[i] != c; i++ {
				if b[i] == '\\' && i+1 < len(b) {
					b[i] = '_'
					i++
				}
				b[i] = '_'
			}
		}
		word = strings.IndexByte(" \t:=-([,", c) >= 0
	}
	return string(b)
}
