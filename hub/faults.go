package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ErrNotLocal says that faults on demand were asked of a hub that is not a local
// one: Azure IoT Hub, or something between that does not know them.
var ErrNotLocal = errors.New("only a local hub makes faults on demand")

// FaultKind is what goes wrong.
type FaultKind string

// The kinds of faults.
const (
	FaultThrottle FaultKind = "throttle" // 429001, or its equal on AMQP and MQTT; see Fault.RetryAfter
	FaultQuota    FaultKind = "quota"    // 403002, or its equal
	FaultLatency  FaultKind = "latency"  // the operation waits for Fault.Delay
	FaultDrop     FaultKind = "drop"     // the device's connection is closed; with the operation events, that of whoever reads them
	FaultRefuse   FaultKind = "refuse"   // connections are refused; 503001 on HTTPS
	FaultCut      FaultKind = "cut"      // the answer ends in its middle, and the connection with it
	FaultExpire   FaultKind = "expire"   // tokens end Fault.After they were taken; 401003 on HTTPS
)

// Fault is a rule by which a local hub fails. The zero value of a field means:
// all of that scope, always, for ever, or the default. A rule that is told of an
// operation that it can not concern is taken and never strikes.
type Fault struct {
	Kind FaultKind
	// Device is a pattern for the device id, with * and ?. What is about no device
	// does not match one. Empty: everything.
	Device string
	// Protocol is rest (services over HTTPS), https (devices over HTTPS), mqtt,
	// amqp, or ws for either of the two over a WebSocket. Empty: all.
	Protocol string
	// Operation is one of [FaultOperations]. Empty: all.
	Operation string
	// Rate is how likely the fault strikes, from 0 to 1; 0 is always. Every makes it
	// strike every n-th time instead. A fault has one of the two.
	Rate  float64
	Every int64
	// For and Count end the fault: after a time, after having struck so often.
	For   time.Duration
	Count int64
	// Delay is of latency: default 1 s, at most 5 min.
	Delay time.Duration
	// After is of expire: how long a token lasts, default 10 s.
	After time.Duration
	// RetryAfter is of throttle, default 1 s.
	RetryAfter time.Duration
}

// FaultProtocols and FaultOperations are the words of a scope.
var (
	FaultProtocols  = []string{"rest", "https", "mqtt", "amqp", "ws"}
	FaultOperations = []string{
		"connect", "telemetry", "twin-read", "twin-update", "method", "c2d", "c2d-receive",
		"registry", "query", "upload", "jobs", "configurations", "events", "other",
	}
)

// ActiveFault is a fault that was set, with the defaults filled in.
type ActiveFault struct {
	// ID names the fault on its hub until it is removed.
	ID int64
	Fault
	// Hits is how often it has struck.
	Hits int64
	// Left is how long it goes on; 0 for one without a time, and at its end.
	Left time.Duration
	// Over says that its end has come. It is listed until it is removed.
	Over bool
}

const faultsPath = "/$hubscope/faults"

// Faults lists the faults on demand of a local hub, in the order in which the hub
// asks them: the first one that strikes and is not a latency or a cut decides.
// All calls about faults need policy iothubowner. They fail with [ErrNotLocal] at
// a hub that is not a local one.
func (c *Client) Faults(ctx context.Context) ([]ActiveFault, error) {
	return c.faultCall(ctx, call{op: "read the faults", method: http.MethodGet, idempotent: true})
}

// SetFaults replaces all faults; with none it is [Client.ClearFaults]. It fails
// with [ErrBadRequest], and changes nothing, when one of them is not valid.
func (c *Client) SetFaults(ctx context.Context, faults ...Fault) ([]ActiveFault, error) {
	return c.faultCall(ctx, call{op: "set the faults", method: http.MethodPut, body: faultDocument(faults)})
}

// AddFaults puts faults behind those that there are, which go on as they are. It
// fails as [Client.SetFaults] does.
func (c *Client) AddFaults(ctx context.Context, faults ...Fault) ([]ActiveFault, error) {
	return c.faultCall(ctx, call{op: "add a fault", method: http.MethodPost, body: faultDocument(faults)})
}

// RemoveFault takes one fault away. It fails with [ErrNotFound] when it is gone
// already.
func (c *Client) RemoveFault(ctx context.Context, id int64) error {
	_, err := c.faultCall(ctx, call{
		op: "remove fault " + strconv.FormatInt(id, 10), method: http.MethodDelete,
		query: url.Values{"id": {strconv.FormatInt(id, 10)}},
	})
	return err
}

// ClearFaults takes all faults away, also those that others have set.
func (c *Client) ClearFaults(ctx context.Context) error {
	_, err := c.faultCall(ctx, call{op: "remove all faults", method: http.MethodDelete, idempotent: true})
	return err
}

func (c *Client) faultCall(ctx context.Context, k call) ([]ActiveFault, error) {
	k.path = faultsPath
	var answer struct {
		Rules []faultState `json:"rules"`
	}
	var out any = &answer
	if k.method == http.MethodDelete {
		out = nil
	}
	if _, err := c.do(ctx, k, out); err != nil {
		return nil, notLocal(k, err)
	}
	faults := make([]ActiveFault, len(answer.Rules))
	for i, s := range answer.Rules {
		faults[i] = s.fault()
	}
	return faults, nil
}

// notLocal tells a hub that does not know faults from one that does not know a
// certain fault. Both answer 404; only a local hub names what is missing there.
func notLocal(k call, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Status != http.StatusNotFound && e.Status != http.StatusMethodNotAllowed {
		return err
	}
	if k.query != nil && e.Name == "GenericNotFound" {
		return err
	}
	return &notLocalError{e}
}

// notLocalError is both: [ErrNotLocal] and what the hub has answered.
type notLocalError struct{ refusal *Error }

func (e *notLocalError) Error() string   { return fmt.Sprintf("%v: %v", ErrNotLocal, e.refusal) }
func (e *notLocalError) Unwrap() []error { return []error{ErrNotLocal, e.refusal} }

// Explain implements [Explainer].
func (e *notLocalError) Explain() (sentence, next string) {
	return "this hub knows no faults on demand (" + ErrNotLocal.Error() + ")", "start hubscope without a connection string to have a local hub"
}

// wait is a duration that is text such as "30s" on the wire.
type wait time.Duration

func (w wait) MarshalText() ([]byte, error) { return []byte(time.Duration(w).String()), nil }

func (w *wait) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*w = wait(d)
	return err
}

// faultRule is a fault on the wire.
type faultRule struct {
	Kind       FaultKind `json:"kind"`
	Device     string    `json:"device,omitempty"`
	Protocol   string    `json:"protocol,omitempty"`
	Operation  string    `json:"operation,omitempty"`
	Rate       float64   `json:"rate,omitempty"`
	Every      int64     `json:"every,omitempty"`
	For        wait      `json:"for,omitzero"`
	Count      int64     `json:"count,omitempty"`
	Delay      wait      `json:"delay,omitzero"`
	After      wait      `json:"after,omitzero"`
	RetryAfter wait      `json:"retryAfter,omitzero"`
}

type faultState struct {
	ID int64 `json:"id"`
	faultRule
	Hits int64 `json:"hits"`
	Left wait  `json:"left"`
	Over bool  `json:"over"`
}

func faultDocument(faults []Fault) json.Marshaler {
	rules := make(faultRules, len(faults))
	for i, f := range faults {
		rules[i] = faultRule{
			Kind: f.Kind, Device: f.Device, Protocol: f.Protocol, Operation: f.Operation, Rate: f.Rate, Every: f.Every,
			For: wait(f.For), Count: f.Count, Delay: wait(f.Delay), After: wait(f.After), RetryAfter: wait(f.RetryAfter),
		}
	}
	return rules
}

type faultRules []faultRule

func (r faultRules) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string][]faultRule{"rules": r})
}

func (s faultState) fault() ActiveFault {
	r := s.faultRule
	return ActiveFault{
		ID: s.ID, Hits: s.Hits, Left: time.Duration(s.Left), Over: s.Over,
		Fault: Fault{
			Kind: r.Kind, Device: r.Device, Protocol: r.Protocol, Operation: r.Operation, Rate: r.Rate, Every: r.Every,
			For: time.Duration(r.For), Count: r.Count, Delay: time.Duration(r.Delay), After: time.Duration(r.After), RetryAfter: time.Duration(r.RetryAfter),
		},
	}
}
