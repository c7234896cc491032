package profile

import (
	"math"
	"math/rand/v2"
	"regexp"
	"sort"
	"strconv"
)

// track is a way over the earth that a device follows at a speed.
type track struct {
	points   []point
	upTo     []float64 // metres from the first point, for each
	speed    float64   // m/s
	end      string    // loop, back, stop
	random   bool      // each device begins somewhere else
	decimals int8
}

// point is a place in degrees.
type point struct{ lon, lat float64 }

const earthRadius = 6_371_008.8 // metres, the mean

func (g *track) next(in *run, c *cell) (value, error) {
	if !c.begun && g.random {
		c.place = rand.New(&c.random).Float64() * g.length()
	}
	at, back, stopped := g.turn(c.place + in.device.elapsed(in.now).Seconds()*g.speed)
	i := sort.SearchFloat64s(g.upTo, at)
	i = min(max(i, 1), len(g.points)-1)
	a, b := g.points[i-1], g.points[i]
	part := 0.0
	if whole := g.upTo[i] - g.upTo[i-1]; whole > 0 {
		part = (at - g.upTo[i-1]) / whole
	}
	heading, speed := bearing(a, b), g.speed
	if back {
		heading = math.Mod(heading+180, 360)
	}
	if stopped {
		speed = 0
	}
	return value{kind: objectValue, object: map[string]any{
		"lat": roundTo(a.lat+(b.lat-a.lat)*part, g.decimals), "lon": roundTo(a.lon+(b.lon-a.lon)*part, g.decimals),
		"heading": roundTo(heading, 1), "speed": roundTo(speed, 2),
	}}, nil
}

func (g *track) length() float64 { return g.upTo[len(g.upTo)-1] }

// turn gives the place on the track for a distance driven.
func (g *track) turn(driven float64) (at float64, back, stopped bool) {
	length := g.length()
	if length == 0 {
		return 0, false, true
	}
	switch g.end {
	case "stop":
		return min(driven, length), false, driven >= length
	case "back":
		at = math.Mod(driven, 2*length)
		if at > length {
			return 2*length - at, true, false
		}
		return at, false, false
	default:
		return math.Mod(driven, length), false, false
	}
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// metres is the distance over the ground.
func metres(a, b point) float64 {
	lat, lon := radians(b.lat-a.lat)/2, radians(b.lon-a.lon)/2
	h := math.Sin(lat)*math.Sin(lat) + math.Cos(radians(a.lat))*math.Cos(radians(b.lat))*math.Sin(lon)*math.Sin(lon)
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(h)))
}

// bearing is the direction from one place to another, in degrees from north over east.
func bearing(a, b point) float64 {
	lon := radians(b.lon - a.lon)
	y := math.Sin(lon) * math.Cos(radians(b.lat))
	x := math.Cos(radians(a.lat))*math.Sin(radians(b.lat)) - math.Sin(radians(a.lat))*math.Cos(radians(b.lat))*math.Cos(lon)
	return math.Mod(math.Atan2(y, x)*180/math.Pi+360, 360)
}

func readTrack(f *fields) (generator, valueKind) {
	g := &track{
		decimals: int8(f.whole("decimals", 6, 0, maxDecimals)),
		end:      f.oneOf("end", "loop", "back", "stop"),
		random:   f.oneOf("start", "first", "random") == "random",
		speed:    f.speed(),
	}
	n := f.kind("points", list)
	if n == nil || len(n.items) < 2 {
		at := f.of.at
		if n != nil {
			at = n.at
		}
		f.wrong(at, "a track needs two points at least, each [longitude, latitude] as in GeoJSON")
		return constant{}, anyValue
	}
	for _, item := range n.items {
		p, ok := pointOf(item)
		if !ok {
			f.wrong(item.at, "a point is [longitude, latitude] in degrees, as in GeoJSON: -180 to 180 and -90 to 90")
			return constant{}, anyValue
		}
		g.points = append(g.points, p)
	}
	if g.end == "loop" && g.points[0] != g.points[len(g.points)-1] {
		g.points = append(g.points, g.points[0])
	}
	sum := 0.0
	for i, p := range g.points {
		if i > 0 {
			sum += metres(g.points[i-1], p)
		}
		g.upTo = append(g.upTo, sum)
	}
	return g, anyValue
}

func pointOf(n *node) (point, bool) {
	if n.kind != list || len(n.items) < 2 || n.items[0].kind < integer || n.items[0].kind > float ||
		n.items[1].kind < integer || n.items[1].kind > float {
		return point{}, false
	}
	p := point{n.items[0].float, n.items[1].float}
	return p, math.Abs(p.lon) <= 180 && math.Abs(p.lat) <= 90
}

var speedPattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(km/h|m/s|mph|kn)$`)

var speedUnits = map[string]float64{"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704, "kn": 1852.0 / 3600}

// speed reads a speed in m/s.
func (f *fields) speed() float64 {
	const walking = 1.4
	n := f.get("speed")
	if n == nil {
		return walking
	}
	if n.kind == integer || n.kind == float {
		if n.float >= 0 && n.float <= 1e6 {
			return n.float
		}
	} else if parts := speedPattern.FindStringSubmatch(n.text); parts != nil {
		if s, err := strconv.ParseFloat(parts[1], 64); err == nil && s <= 1e6 {
			return s * speedUnits[parts[2]]
		}
	}
	f.wrong(n.at, `speed is a number of m/s, or a text such as "50 km/h", "14 m/s", "30 mph" or "12 kn"`)
	return walking
}
