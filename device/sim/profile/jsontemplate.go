package profile

// jsonTemplate reads a table, a list or any value as JSON, in the order in which it was written. A text that is one
// reference and nothing else becomes the value itself: a number stays a number.
func (r *reader) jsonTemplate(n *node) *template {
	b := &builder{reader: r}
	b.json(n)
	return b.template()
}

func (b *builder) json(n *node) {
	switch n.kind {
	case nothing:
		b.literal.WriteString("null")
	case boolean:
		if n.yes {
			b.literal.WriteString("true")
		} else {
			b.literal.WriteString("false")
		}
	case integer, float:
		b.literal.WriteString(n.text)
	case text:
		b.jsonText(n)
	case list:
		b.literal.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.literal.WriteByte(',')
			}
			b.json(item)
		}
		b.literal.WriteByte(']')
	case table:
		b.literal.WriteByte('{')
		for i, e := range n.entries {
			if i > 0 {
				b.literal.WriteByte(',')
			}
			b.literal.Write(appendQuoted(nil, e.name))
			b.literal.WriteByte(':')
			b.json(e.value)
		}
		b.literal.WriteByte('}')
	}
}

func (b *builder) jsonText(n *node) {
	pieces := b.pieces(n)
	if len(pieces) == 1 && pieces[0].ref != nil {
		b.put(pieces[0].ref, asJSON)
		return
	}
	b.literal.WriteByte('"')
	for _, p := range pieces {
		if p.ref != nil {
			b.put(p.ref, asQuoted)
			continue
		}
		b.literal.Write(appendEscaped(nil, p.text))
	}
	b.literal.WriteByte('"')
}
