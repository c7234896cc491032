package profile

import (
	"math/rand/v2"
	"sort"
)

// choices reads the list of values that can be taken: constants and templates.
func (f *fields) choices() ([]generator, valueKind) {
	n := f.kind("values", list)
	if n == nil || len(n.items) == 0 {
		if n != nil || f.of.get("values") == nil {
			f.wrong(f.of.at, `%s needs values, such as values = ["on", "off"]`, f.what)
		}
		return []generator{constant{}}, anyValue
	}
	all := make([]generator, len(n.items))
	var kind valueKind
	for i, item := range n.items {
		made, its := f.made(item)
		if i > 0 && its != kind {
			its = anyValue
		}
		all[i], kind = made, its
	}
	return all, kind
}

// pick takes any of its values, by weight.
type pick struct {
	values []generator
	upTo   []float64 // sums of the weights so far; nil when all weigh the same
}

func (g *pick) next(in *run, c *cell) (value, error) {
	random := rand.New(&c.random)
	if g.upTo == nil {
		return g.values[random.IntN(len(g.values))].next(in, c)
	}
	at := random.Float64() * g.upTo[len(g.upTo)-1]
	i := sort.Search(len(g.upTo), func(i int) bool { return g.upTo[i] > at })
	return g.values[min(i, len(g.values)-1)].next(in, c)
}

func readPick(f *fields) (generator, valueKind) {
	values, kind := f.choices()
	g := &pick{values: values}
	n := f.kind("weights", list)
	if n == nil {
		return g, kind
	}
	if len(n.items) != len(values) {
		f.wrong(n.at, "there are %d weights for %d values", len(n.items), len(values))
		return g, kind
	}
	sum := 0.0
	for _, item := range n.items {
		if item.kind != integer && item.kind != float || item.float < 0 || item.float > 1e12 {
			f.wrong(item.at, "a weight is a number from 0")
			return g, kind
		}
		sum += item.float
		g.upTo = append(g.upTo, sum)
	}
	if sum == 0 {
		f.wrong(n.at, "one weight at least has to be greater than 0")
		g.upTo = nil
	}
	return g, kind
}

// sequence takes one value after the other.
type sequence struct {
	values []generator
	once   bool
}

func (g *sequence) next(in *run, c *cell) (value, error) {
	if c.begun {
		c.count++
	}
	if g.once {
		c.count = min(c.count, int64(len(g.values)-1))
	}
	return g.values[c.count%int64(len(g.values))].next(in, c)
}

func readSequence(f *fields) (generator, valueKind) {
	values, kind := f.choices()
	return &sequence{values: values, once: !f.flag("repeat", true)}, kind
}
