package pattern

import (
	"strings"

	"hubscope/hub/connstr"
)

// check looks at the pattern as a whole: how many ids, how long, each once.
func (p *parser) check() error {
	p.count = 1
	longest := 0
	for i, part := range p.parts {
		if p.count > MaxIDs/part.len() {
			return wrong(part.column, "with this brace the pattern gives more than %s ids, which is all that a hub can have", grouped(MaxIDs))
		}
		p.count *= part.len()
		_, most := part.widths()
		longest += most
		if longest > connstr.MaxIDLength {
			return wrong(part.column, "the ids get longer than the %d characters of a device id", connstr.MaxIDLength)
		}
		if !p.endsClearly(i) {
			return wrong(p.parts[i+1].column, "where the brace before ends cannot be told from the id, so that two of them could be the same: put a character such as - between, or give numbers the same length, as in {001..250}")
		}
	}
	return nil
}

// endsClearly says whether it can be told from an id where part i of it ends, which makes different choices
// different ids. It can when the lengths of this part or of all later ones are fixed, or when what
// follows starts with a character that cannot be of this part.
func (p *parser) endsClearly(i int) bool {
	if fixed(p.parts[i]) {
		return true
	}
	for _, later := range p.parts[i+1:] {
		if !fixed(later) {
			return !strings.ContainsAny(p.parts[i+1].starts(), p.parts[i].characters())
		}
	}
	return true
}

func fixed(p part) bool {
	least, most := p.widths()
	return least == most
}
