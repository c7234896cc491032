package fault

import (
	"math/rand/v2"
	"sync/atomic"
	"time"

	"hubscope/hub/localhub/core"
)

// active is a rule in force.
type active struct {
	Rule
	id   int64        // set before the rule is in force
	ends time.Time    // zero: never
	met  atomic.Int64 // how often an act was in its scope
	hits atomic.Int64 // how often it struck
}

// about tells whether an act of this operation is one that the kind concerns;
// telemetry is not told of a refused connection.
func (r *active) about(a core.Act) bool {
	if a.Job && (r.Kind == Drop || r.Kind == Cut) {
		return false // there is no connection
	}
	switch r.Kind {
	case Refuse:
		return a.Operation == core.OpConnect || a.Protocol == protocolREST || a.Protocol == protocolHTTPS
	case Expire: // Lifetime ends sessions
		return a.Protocol == protocolREST || a.Protocol == protocolHTTPS
	case Drop:
		return r.dropsReaders() && a.Operation == core.OpEvents || a.ID.Device != "" && a.Protocol != protocolREST && a.Protocol != protocolHTTPS
	}
	return true
}

// dropsAtOnce tells whether the rule ends sessions the moment it is made: one
// that names an operation waits for that.
func (r *active) dropsAtOnce() bool { return r.Kind == Drop && r.Operation == "" }

// dropsReaders tells whether the rule is for those who read events. Readers of a service are spared by all others: the
// monitor shall see what faults do to devices.
func (r *active) dropsReaders() bool { return r.Kind == Drop && r.Operation == core.OpEvents }

// strikes decides by rate and end, and counts.
func (r *active) strikes(now time.Time) bool {
	if r.over(now) {
		return false
	}
	met := r.met.Add(1)
	switch {
	case r.Every > 0 && met%r.Every != 0:
		return false
	case r.Rate > 0 && rand.Float64() >= r.Rate:
		return false
	}
	hit := r.hits.Add(1)
	if r.Count > 0 && hit > r.Count {
		r.hits.Add(-1)
		return false
	}
	return true
}

func (r *active) over(now time.Time) bool {
	return !r.ends.IsZero() && !now.Before(r.ends) || r.Count > 0 && r.hits.Load() >= r.Count
}

// conditionBusy is how the event endpoint throttles (protocol 7.7).
const (
	conditionBusy   = "com.microsoft:server-busy"
	conditionForced = "amqp:connection:forced"
	codeQuota       = 403002 // IotHubQuotaExceeded
)

func (r *active) refusal(a core.Act) *core.Error {
	switch r.Kind {
	case Throttle:
		return throttled(a, time.Duration(r.RetryAfter))
	case Quota:
		return core.NewError(codeQuota, "The total number of messages on the hub exceeded the allocated quota (a fault on demand).")
	case Drop:
		return dropped(a)
	case Expire:
		return core.NewError(core.CodeUnauthorized, "The token expired; renew it and reconnect (a fault on demand).")
	}
	return core.NewError(core.CodeUnavailable, "The hub takes no connections (a fault on demand).")
}

func throttled(a core.Act, retryAfter time.Duration) *core.Error {
	e := core.NewError(core.CodeThrottled, "The operation %s is throttled; try again later.", a.Operation)
	e.RetryAfter = retryAfter
	if a.Operation == core.OpEvents {
		e.Condition = conditionBusy
	}
	return e
}

func dropped(a core.Act) *core.Error {
	who := "'" + a.ID.String() + "'"
	if a.ID.Device == "" {
		who = "a reader of events"
	}
	e := core.NewError(core.CodeDropped, "The connection of %s is closed by a fault on demand.", who)
	e.Condition = conditionForced
	return e
}
