package fault

import (
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hubscope/hub/localhub/core"
)

// Tier is an edition of IoT Hub: F1, S1, S2 or S3.
type Tier string

// The tiers.
const (
	F1 Tier = "F1"
	S1 Tier = "S1"
	S2 Tier = "S2"
	S3 Tier = "S3"
)

var tiers = []Tier{F1, S1, S2, S3}

// burst is for how long the service shapes bursts before it throttles them
// (protocol 9).
const burst = time.Minute

// methodMeter is the least that a method call counts, in bytes (protocol 9).
const methodMeter = 4 << 10

// pace is a rate of the table: a unit's, and the least of all units together.
type pace struct{ unit, least float64 }

func (p pace) of(units int) float64 { return max(p.unit*float64(units), p.least) }

// edition is a column of the table of throttles, with the daily quota
// (protocol 9).
type edition struct {
	daily   int // chunks a day and unit
	chunk   int // bytes
	methods pace
	jobs    pace // devices a second that all jobs together work on
	paces   map[core.Operation]pace
}

const (
	perMinute = 1.0 / 60
	low       = 100 * perMinute
	high      = 5000 * perMinute
)

func editionOf(t Tier) edition {
	small := map[core.Operation]pace{
		core.OpRegistry: {unit: low}, core.OpConnect: {12, 100}, core.OpTelemetry: {12, 100},
		core.OpC2D: {unit: low}, core.OpC2DReceive: {unit: 10 * low}, core.OpUpload: {unit: low},
		core.OpQuery: {unit: 20 * perMinute}, core.OpTwinRead: {0, 100}, core.OpTwinUpdate: {0, 50},
		core.OpJobs: {unit: low}, core.OpConfigurations: {unit: 20 * perMinute},
	}
	e := edition{daily: 400_000, chunk: 4 << 10, methods: pace{unit: 160 << 10}, jobs: pace{0, 10}, paces: small}
	switch t {
	case F1:
		e.daily, e.chunk = 8_000, 512
	case S2:
		e.daily, e.methods, e.jobs = 6_000_000, pace{unit: 480 << 10}, pace{1, 10}
		small[core.OpConnect], small[core.OpTelemetry] = pace{unit: 120}, pace{unit: 120}
		small[core.OpTwinRead], small[core.OpTwinUpdate] = pace{10, 100}, pace{5, 50}
	case S3:
		e.daily, e.methods, e.jobs = 300_000_000, pace{unit: 24 << 20}, pace{unit: 50}
		e.paces = map[core.Operation]pace{
			core.OpRegistry: {unit: high}, core.OpConnect: {unit: 6000}, core.OpTelemetry: {unit: 6000},
			core.OpC2D: {unit: high}, core.OpC2DReceive: {unit: 10 * high}, core.OpUpload: {unit: high},
			core.OpQuery: {unit: 1000 * perMinute}, core.OpTwinRead: {unit: 500}, core.OpTwinUpdate: {unit: 250},
			core.OpJobs: {unit: high}, core.OpConfigurations: {unit: 20 * perMinute},
		}
	}
	return e
}

// limits are those of a tier with its units.
type limits struct {
	buckets map[core.Operation]*rate.Limiter
	methods *rate.Limiter // bytes
	jobs    *rate.Limiter // devices; no burst, for a job can wait
	chunk   int
	quota   int64

	mu   sync.Mutex
	day  int64 // of UTC, since 1970
	used int64 // chunks of the day
}

// newLimits gives nil for no tier.
func newLimits(o Options) (*limits, error) {
	if o.Tier == "" {
		if o.Units != 0 {
			return nil, fmt.Errorf("units are of a tier: name one of %s", list(tiers))
		}
		return nil, nil
	}
	if !known(o.Tier) {
		return nil, fmt.Errorf("tier %q: it is one of %s", string(o.Tier), list(tiers))
	}
	units := max(o.Units, 1)
	if o.Units < 0 || o.Tier == F1 && units > 1 || units > 200 {
		return nil, fmt.Errorf("%d units: F1 has one, the others have 1 to 200", o.Units)
	}
	e := editionOf(o.Tier)
	l := &limits{chunk: e.chunk, quota: int64(e.daily) * int64(units), buckets: map[core.Operation]*rate.Limiter{}}
	for op, p := range e.paces {
		l.buckets[op] = bucket(p.of(units))
	}
	l.methods = bucket(e.methods.of(units))
	l.jobs = rate.NewLimiter(rate.Limit(e.jobs.of(units)), 1)
	return l, nil
}

func known(t Tier) bool {
	for _, k := range tiers {
		if t == k {
			return true
		}
	}
	return false
}

func bucket(perSecond float64) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(perSecond), int(math.Ceil(perSecond*burst.Seconds())))
}

// ask takes what the act costs, or refuses it. What is refused costs nothing of
// the daily quota.
func (l *limits) ask(a core.Act, now time.Time) error {
	if !l.allow(a, now) {
		return throttled(a, defaultRetryAfter)
	}
	return l.spend(a, now)
}

// spend takes what the act costs of the daily quota.
func (l *limits) spend(a core.Act, now time.Time) error {
	if !metered[a.Operation] || l.take(a, now) {
		return nil
	}
	return core.NewError(codeQuota, "The total number of messages on the hub exceeded the allocated quota of %d a day; it starts anew at 00:00 UTC.", l.quota)
}

func (l *limits) allow(a core.Act, now time.Time) bool {
	if a.Operation == core.OpMethod {
		size := max(a.Size+methodMeter-1, methodMeter) / methodMeter * methodMeter
		return l.methods.AllowN(now, min(size, l.methods.Burst()))
	}
	b := l.buckets[a.Operation]
	return b == nil || b.AllowN(now, 1)
}

// metered are the operations that count as messages.
var metered = map[core.Operation]bool{
	core.OpTelemetry: true, core.OpC2D: true, core.OpMethod: true, core.OpTwinRead: true, core.OpTwinUpdate: true, core.OpUpload: true,
}

func (l *limits) take(a core.Act, now time.Time) bool {
	chunks := int64(max(a.Size+l.chunk-1, l.chunk) / l.chunk)
	day := now.Unix() / int64(24*time.Hour/time.Second)
	l.mu.Lock()
	defer l.mu.Unlock()
	if day != l.day {
		l.day, l.used = day, 0
	}
	if l.used+chunks > l.quota {
		return false
	}
	l.used += chunks
	return true
}
