package profile

import (
	"math"
	"math/rand/v2"
	"time"
)

// wave is a value that follows the time since the device started.
type wave struct {
	low, high float64
	period    time.Duration
	phase     float64 // 0 to 1
	random    bool    // the phase is each device's own
	decimals  int8
	// shape gives 0 to 1 for a place in the period, 0 to 1.
	shape func(at float64) float64
}

func (g *wave) next(in *run, c *cell) (value, error) {
	if !c.begun {
		c.place = g.phase
		if g.random {
			c.place = rand.New(&c.random).Float64()
		}
	}
	at := placeIn(in.device.elapsed(in.now), g.period) + c.place
	at -= math.Floor(at)
	f := g.low + g.shape(at)*(g.high-g.low)
	return numberOf(roundTo(f, g.decimals), g.decimals), nil
}

// placeIn is the place in a period, 0 to 1. It is exact however long ago the start was.
func placeIn(elapsed, period time.Duration) float64 {
	return float64(elapsed%period) / float64(period)
}

func (f *fields) wave(shape func(at float64) float64) (generator, valueKind) {
	g := &wave{shape: shape, decimals: f.decimals()}
	g.low, g.high = f.bounds()
	g.period = f.period("period")
	n := f.get("phase")
	switch {
	case n == nil:
	case n.kind == text && n.text == "random":
		g.random = true
	case (n.kind == integer || n.kind == float) && n.float >= 0 && n.float <= 1:
		g.phase = n.float
	default:
		f.wrong(n.at, `phase is 0 to 1, a part of the period, or "random", another for each device`)
	}
	return g, numberValue
}

// period reads a duration that has to be there.
func (f *fields) period(name string) time.Duration {
	if f.of.get(name) == nil {
		f.wrong(f.of.at, `%s needs %s, such as %[2]s = "60s"`, f.what, name)
	}
	return f.duration(name, time.Minute, time.Millisecond)
}

func readSine(f *fields) (generator, valueKind) {
	return f.wave(func(at float64) float64 { return (1 + math.Sin(2*math.Pi*at)) / 2 })
}

func readSawtooth(f *fields) (generator, valueKind) {
	return f.wave(func(at float64) float64 { return at })
}

func readSquare(f *fields) (generator, valueKind) {
	duty := f.number("duty", 0.5)
	if duty < 0 || duty > 1 {
		f.wrong(f.place("duty"), "duty is 0 to 1, the part of the period at max")
	}
	return f.wave(func(at float64) float64 {
		if at < duty {
			return 1
		}
		return 0
	})
}

// steps goes from one value to the next as time passes.
type steps struct {
	values []generator
	every  time.Duration
	once   bool
}

func (g *steps) next(in *run, c *cell) (value, error) {
	i := int64(in.device.elapsed(in.now) / g.every)
	if g.once {
		return g.values[min(i, int64(len(g.values)-1))].next(in, c)
	}
	return g.values[i%int64(len(g.values))].next(in, c)
}

func readSteps(f *fields) (generator, valueKind) {
	values, kind := f.choices()
	return &steps{values: values, every: f.period("every"), once: !f.flag("repeat", true)}, kind
}
