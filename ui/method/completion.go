package method

import "strings"

// completion offers the names that go on as what was typed. Going through them does not change what they are.
type completion struct {
	names func() []string // known ones, the likeliest first
	typed string
	found []string
	at    int // in found, -1: none was taken yet
}

// mostFound bounds what is offered.
const mostFound = 20

// begin looks for names that begin as text does, whatever the case. The whole name alone needs no completion.
func (c *completion) begin(text string) {
	c.typed, c.found, c.at = text, c.found[:0], -1
	for _, name := range c.names() {
		if len(c.found) < mostFound && len(name) >= len(text) && strings.EqualFold(name[:len(text)], text) {
			c.found = append(c.found, name)
		}
	}
	if len(c.found) == 1 && c.found[0] == text {
		c.found = nil
	}
}

func (c *completion) first() string { return c.found[max(0, c.at)] }

// rest is what would be added to the text, "" when there is nothing.
func (c *completion) rest(text string) string {
	if len(c.found) == 0 || text != c.typed || text == "" {
		return ""
	}
	return c.found[0][len(text):]
}

// step takes the next or the last name; false when there is none.
func (c *completion) step(n int) (string, bool) {
	if len(c.found) == 0 {
		return "", false
	}
	if c.at < 0 && n < 0 {
		c.at = 0
	}
	c.at = (c.at + n + len(c.found)) % len(c.found)
	return c.found[c.at], true
}
