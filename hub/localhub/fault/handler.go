package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// Path is where the rules are set.
const Path = "/$hubscope/faults"

const (
	ownerPolicy     = "iothubowner"
	maxDocument     = 1 << 20
	maxRules        = 1000
	contentTypeJSON = "application/json; charset=utf-8"
)

// State is a rule that was set.
type State struct {
	Rule
	// Hits is how often it has struck.
	Hits int64 `json:"hits"`
	// Over says that its end has come.
	Over bool `json:"over,omitempty"`
}

// Rules are those that were set last.
func (g *Gate) Rules() []State {
	states := []State{}
	armed := g.armed.Load()
	if armed == nil {
		return states
	}
	for _, r := range *armed {
		states = append(states, State{Rule: r.Rule, Hits: r.hits.Load(), Over: r.over(g.now())})
	}
	return states
}

// Handler serves Path. Authenticate is that of the hub.
func (g *Gate) Handler(authenticate func(token string) (core.Principal, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := authorize(r, authenticate); err != nil {
			refuse(w, err)
			return
		}
		if err := g.serve(w, r); err != nil {
			refuse(w, err)
		}
	})
}

func authorize(r *http.Request, authenticate func(string) (core.Principal, error)) error {
	token := r.Header.Get("Authorization")
	if token == "" {
		return core.NewError(core.CodeUnauthorized, "Authorization header missing")
	}
	who, err := authenticate(token)
	if err != nil {
		return err
	}
	if !strings.EqualFold(who.Policy, ownerPolicy) || who.Path != "" {
		return core.NewError(core.CodeUnauthorizedHub, "Faults are set with policy %s, for the whole hub.", ownerPolicy)
	}
	return nil
}

func (g *Gate) serve(w http.ResponseWriter, r *http.Request) error {
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		if err := g.Set(nil); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	case http.MethodPut:
		rules, err := readRules(http.MaxBytesReader(w, r.Body, maxDocument))
		if err == nil {
			err = g.Set(rules)
		}
		if err != nil {
			return core.NewError(core.CodeArgumentInvalid, "The faults are not valid: %s.", err)
		}
	default:
		w.Header().Set("Allow", "GET, PUT, DELETE")
		return core.NewError(405000, "The method %s is not allowed here.", r.Method)
	}
	w.Header().Set("Content-Type", contentTypeJSON)
	return json.NewEncoder(w).Encode(map[string]any{"rules": g.Rules()})
}

func readRules(body io.Reader) ([]Rule, error) {
	var document struct {
		Rules []json.RawMessage `json:"rules"`
	}
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&document); err != nil {
		return nil, fmt.Errorf(`{"rules":[...]} is wanted: %w`, err)
	}
	if len(document.Rules) > maxRules {
		return nil, fmt.Errorf("there are more than %d", maxRules)
	}
	var rules []Rule
	for i, text := range document.Rules {
		rule, err := decodeRule(text)
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// decodeRule reads and checks one rule.
func decodeRule(text []byte) (Rule, error) {
	var rule Rule
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&rule); err != nil {
		return rule, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return rule.check()
}

func refuse(w http.ResponseWriter, err error) {
	var e *core.Error
	if !errors.As(err, &e) {
		e = core.NewError(core.CodeServerError, "The request could not be processed.")
	}
	body, _ := json.Marshal(wire.ErrorBody{
		Message:          "ErrorCode:" + e.Name + ";" + e.Message,
		ExceptionMessage: "Tracking ID:" + e.TrackingID,
	})
	w.Header().Set(wire.HeaderErrorCode, e.Name)
	w.Header().Set("Content-Type", contentTypeJSON)
	w.WriteHeader(e.Status)
	_, _ = w.Write(body)
}
