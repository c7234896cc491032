package tree

import "math"

// parser goes through JSON that is known to be valid.
type parser struct {
	text  string
	at    int
	nodes []Node
	large bool // some node has more than GroupSize children
}

func (p *parser) value(node Node) {
	p.space()
	n := len(p.nodes)
	node.From = int32(p.at)
	p.nodes = append(p.nodes, node)
	switch p.peek() {
	case '{', '[':
		p.container(n)
	case '"':
		p.nodes[n].Kind = String
		p.str()
	case 't', 'f', 'n':
		p.nodes[n].Kind = Word
		p.scalar()
	default:
		p.nodes[n].Kind = Number
		p.scalar()
	}
	p.nodes[n].To, p.nodes[n].end = int32(p.at), int32(len(p.nodes))
}

func (p *parser) container(n int) {
	closing, kind := byte('}'), Object
	if p.text[p.at] == '[' {
		closing, kind = ']', Array
	}
	depth := p.nodes[n].Depth + 1
	count, longest := int32(0), 0
	for p.at++; p.at < len(p.text); {
		p.space()
		switch p.peek() {
		case closing:
			p.at++
			node := &p.nodes[n]
			node.Kind, node.Open, node.Count, node.Names = kind, true, count, uint8(min(longest, math.MaxUint8))
			p.large = p.large || count > GroupSize
			return
		case ',':
			p.at++
			continue
		}
		child := Node{Parent: int32(n), Depth: depth, Index: count}
		if kind == Object {
			child.nameFrom = int32(p.at + 1)
			p.str()
			child.nameTo = int32(p.at - 1)
			longest = max(longest, int(child.nameTo-child.nameFrom))
			p.space()
			p.at++ // the colon
		}
		p.value(child)
		count++
	}
}

func (p *parser) peek() byte {
	if p.at >= len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) str() {
	for p.at++; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			return
		}
	}
	p.at = len(p.text)
}

func (p *parser) scalar() {
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return
		}
	}
}

// grouper copies the nodes of a tree and puts many children in groups.
type grouper struct {
	t   *Tree
	out []Node
}

func grouped(t *Tree) []Node {
	g := grouper{t: t, out: make([]Node, 0, len(t.Nodes)+len(t.Nodes)/GroupSize*2+2)}
	g.node(0, -1, 0)
	return g.out
}

// node copies a node with all that is in it.
func (g *grouper) node(n, parent int32, depth uint8) {
	old := &g.t.Nodes[n]
	at := int32(len(g.out))
	g.out = append(g.out, *old)
	g.out[at].Parent, g.out[at].Depth = parent, depth
	if old.Count > 0 {
		g.children(n+1, old.Count, at, depth+1)
	}
	g.out[at].end = int32(len(g.out))
}

// children copies count neighbours, the first being c, and gives what is behind them.
func (g *grouper) children(c, count, parent int32, depth uint8) int32 {
	if count <= GroupSize {
		for range count {
			g.node(c, parent, depth)
			c = g.t.Nodes[c].end
		}
		return c
	}
	size := int32(GroupSize)
	for count/size > GroupSize {
		size *= GroupSize
	}
	for left := count; left > 0; left -= size {
		first := &g.t.Nodes[c]
		at := int32(len(g.out))
		g.out = append(g.out, Node{
			Kind: Group, Parent: parent, Depth: depth, Names: g.out[parent].Names,
			Index: first.Index, Count: min(left, size), From: first.From,
		})
		c = g.children(c, min(left, size), at, depth+1)
		g.out[at].end = int32(len(g.out))
		g.out[at].To = g.out[len(g.out)-1].To
	}
	return c
}
