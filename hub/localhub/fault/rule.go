package fault

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"hubscope/hub/localhub/core"
)

// Kind is what goes wrong.
type Kind string

// The kinds; the package's documentation tells what they do.
const (
	Throttle Kind = "throttle"
	Quota    Kind = "quota"
	Latency  Kind = "latency"
	Drop     Kind = "drop"
	Refuse   Kind = "refuse"
	Cut      Kind = "cut"
	Expire   Kind = "expire"
)

var kinds = []Kind{Throttle, Quota, Latency, Drop, Refuse, Cut, Expire}

// The protocols of a scope.
const (
	protocolREST  = "rest"
	protocolHTTPS = "https"
	protocolMQTT  = "mqtt"
	protocolAMQP  = "amqp"
	protocolWS    = "ws"
)

var protocols = []string{protocolREST, protocolHTTPS, protocolMQTT, protocolAMQP, protocolWS}

var operations = []core.Operation{
	core.OpConnect, core.OpTelemetry, core.OpTwinRead, core.OpTwinUpdate, core.OpMethod, core.OpC2D, core.OpC2DReceive,
	core.OpRegistry, core.OpQuery, core.OpUpload, core.OpJobs, core.OpConfigurations, core.OpEvents, core.OpOther,
}

// Rule is one fault. The zero value of a member means: all of that scope,
// always, for ever, or the default.
type Rule struct {
	Kind       Kind           `json:"kind"`
	Device     string         `json:"device,omitempty"`
	Protocol   string         `json:"protocol,omitempty"`
	Operation  core.Operation `json:"operation,omitempty"`
	Rate       float64        `json:"rate,omitempty"`
	Every      int64          `json:"every,omitempty"`
	For        Duration       `json:"for,omitzero"`
	Count      int64          `json:"count,omitempty"`
	Delay      Duration       `json:"delay,omitzero"`
	After      Duration       `json:"after,omitzero"`
	RetryAfter Duration       `json:"retryAfter,omitzero"`
}

// Duration is a time.Duration that is text such as "30s" in JSON.
type Duration time.Duration

// MarshalText writes "1m30s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time such as 500ms or 2m", text)
	}
	*d = Duration(parsed)
	return nil
}

const (
	defaultDelay      = time.Second
	maxDelay          = 5 * time.Minute
	defaultAfter      = 10 * time.Second
	defaultRetryAfter = time.Second
	maxPattern        = 256
)

// check completes a rule, or says what is wrong with it.
func (r Rule) check() (Rule, error) {
	if !slices.Contains(kinds, r.Kind) {
		return r, fmt.Errorf("kind %q: it is one of %s", r.Kind, list(kinds))
	}
	if r.Protocol != "" && !slices.Contains(protocols, r.Protocol) {
		return r, fmt.Errorf("protocol %q: it is one of %s", r.Protocol, list(protocols))
	}
	if r.Operation != "" && !slices.Contains(operations, r.Operation) {
		return r, fmt.Errorf("operation %q: it is one of %s", r.Operation, list(operations))
	}
	if _, err := path.Match(r.Device, ""); err != nil || len(r.Device) > maxPattern {
		return r, fmt.Errorf("device %.40q: it is no pattern", r.Device)
	}
	if err := r.checkRate(); err != nil {
		return r, err
	}
	return r.withTimes()
}

func (r Rule) checkRate() error {
	switch {
	case !(r.Rate >= 0 && r.Rate <= 1): // NaN too
		return fmt.Errorf("rate %v: it is from 0 to 1", r.Rate)
	case r.Every < 0 || r.Count < 0:
		return fmt.Errorf("every and count are not negative")
	case r.Every > 0 && r.Rate > 0:
		return fmt.Errorf("a rule has a rate or every, not both")
	}
	return nil
}

func (r Rule) withTimes() (Rule, error) {
	for _, t := range []struct {
		value     *Duration
		name      string
		of        Kind
		otherwise time.Duration
	}{
		{&r.For, "for", r.Kind, 0},
		{&r.Delay, "delay", Latency, defaultDelay},
		{&r.After, "after", Expire, defaultAfter},
		{&r.RetryAfter, "retryAfter", Throttle, defaultRetryAfter},
	} {
		switch {
		case *t.value < 0:
			return r, fmt.Errorf("%s is not negative", t.name)
		case *t.value > 0 && r.Kind != t.of:
			return r, fmt.Errorf("%s is of kind %s", t.name, t.of)
		case *t.value == 0 && r.Kind == t.of:
			*t.value = Duration(t.otherwise)
		}
	}
	if r.Delay > Duration(maxDelay) {
		return r, fmt.Errorf("delay %s: it is at most %s", time.Duration(r.Delay), maxDelay)
	}
	return r, nil
}

func list[T ~string](all []T) string {
	var b strings.Builder
	for i, v := range all {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(v))
	}
	return b.String()
}

// Parse reads the words of the flag: "kind=throttle,device=wind-*,rate=0.1".
func Parse(text string) (Rule, error) {
	members := map[string]any{}
	for word := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(word), "=")
		if _, twice := members[name]; !ok || twice {
			return Rule{}, fmt.Errorf("a fault is a list of different name=value, such as kind=throttle,rate=0.1, not %.40q", word)
		}
		switch name {
		case "rate", "every", "count":
			members[name] = json.Number(value)
		default:
			members[name] = value
		}
	}
	document, err := json.Marshal(members)
	if err != nil {
		return Rule{}, fmt.Errorf("rate, every and count are numbers: %.60q", text)
	}
	return decodeRule(document)
}
