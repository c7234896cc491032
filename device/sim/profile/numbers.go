package profile

import (
	"math"
	"math/rand/v2"
)

// counter counts on with each use, and begins again behind its greatest value.
type counter struct{ start, step, last int64 }

func (g counter) next(_ *run, c *cell) (value, error) {
	if !c.begun {
		c.count = g.start
		return wholeOf(c.count), nil
	}
	c.count += g.step
	if g.step > 0 && c.count > g.last || g.step < 0 && c.count < g.last {
		c.count = g.start
	}
	return wholeOf(c.count), nil
}

func readCounter(f *fields) (generator, valueKind) {
	const far = math.MaxInt64 / 2
	g := counter{start: f.whole("start", 1, -far, far), step: f.whole("step", 1, -far, far), last: far}
	if g.step < 0 {
		g.last = -far
	}
	g.last = f.whole("last", g.last, -far, far)
	if g.step == 0 {
		f.wrong(f.place("step"), "a counter with step 0 does not count")
	}
	if g.step > 0 && g.last < g.start || g.step < 0 && g.last > g.start {
		f.wrong(f.place("last"), "the counter never comes from start to last by this step")
	}
	return g, wholeValue
}

type randomInt struct{ low, high int64 }

func (g randomInt) next(_ *run, c *cell) (value, error) {
	return wholeOf(g.low + rand.New(&c.random).Int64N(g.high-g.low+1)), nil
}

func readInt(f *fields) (generator, valueKind) {
	const far = 1 << 62
	if f.of.get("min") == nil || f.of.get("max") == nil {
		f.wrong(f.of.at, "%s needs min and max", f.what)
	}
	g := randomInt{f.whole("min", 0, -far+1, far-1), f.whole("max", 1, -far+1, far-1)}
	if g.high < g.low {
		f.wrong(f.place("max"), "max is less than min")
		g.low, g.high = g.high, g.low
	}
	return g, wholeValue
}

// randomFloat with decimals takes each number that can be shown equally often, both ends too.
type randomFloat struct {
	low, high float64
	decimals  int8
	grid      int64 // numbers that can be shown, less one; 0 when that is not bounded
}

func (g randomFloat) next(_ *run, c *cell) (value, error) {
	random := rand.New(&c.random)
	if g.grid > 0 {
		return numberOf(roundTo(g.low+float64(random.Int64N(g.grid+1))/powers[g.decimals], g.decimals), g.decimals), nil
	}
	return numberOf(roundTo(g.low+random.Float64()*(g.high-g.low), g.decimals), g.decimals), nil
}

func readFloat(f *fields) (generator, valueKind) {
	low, high := f.bounds()
	g := randomFloat{low: low, high: high, decimals: f.decimals()}
	if g.decimals >= 0 {
		if steps := (high - low) * powers[g.decimals]; steps < 1e15 {
			g.grid = int64(math.Round(steps))
		}
	}
	return g, numberValue
}

type normal struct {
	mean, deviation, low, high float64
	decimals                   int8
}

func (g normal) next(_ *run, c *cell) (value, error) {
	f := g.mean + rand.New(&c.random).NormFloat64()*g.deviation
	return numberOf(roundTo(min(max(f, g.low), g.high), g.decimals), g.decimals), nil
}

func readNormal(f *fields) (generator, valueKind) {
	g := normal{mean: f.needed("mean"), deviation: f.needed("deviation"), decimals: f.decimals()}
	g.low, g.high = f.number("min", -math.MaxFloat64), f.number("max", math.MaxFloat64)
	if g.deviation < 0 {
		f.wrong(f.place("deviation"), "deviation cannot be negative")
	}
	if g.low > g.high {
		f.wrong(f.place("max"), "max is less than min")
	}
	return g, numberValue
}

// walk goes up or down by at most a step, and turns back at its bounds.
type walk struct {
	low, high, step, start float64
	decimals               int8
}

func (g walk) next(_ *run, c *cell) (value, error) {
	if !c.begun {
		c.place = g.start
	} else {
		c.place += (2*rand.New(&c.random).Float64() - 1) * g.step
	}
	switch {
	case c.place > g.high:
		c.place = max(2*g.high-c.place, g.low)
	case c.place < g.low:
		c.place = min(2*g.low-c.place, g.high)
	}
	return numberOf(roundTo(c.place, g.decimals), g.decimals), nil
}

func readWalk(f *fields) (generator, valueKind) {
	low, high := f.bounds()
	g := walk{low: low, high: high, decimals: f.decimals()}
	g.step = f.number("step", (high-low)/20)
	g.start = f.number("start", (low+high)/2)
	if g.step <= 0 && high > low {
		f.wrong(f.place("step"), "step has to be greater than 0")
	}
	if g.start < low || g.start > high {
		f.wrong(f.place("start"), "start has to be from min to max")
	}
	return g, numberValue
}
