package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// Path is where the rules are set.
const Path = "/$hubscope/faults"

const (
	ownerPolicy     = "iothubowner"
	maxDocument     = 1 << 20
	contentTypeJSON = "application/json; charset=utf-8"
)

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
		if err := g.remove(r.URL.Query().Get("id")); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	case http.MethodPut, http.MethodPost:
		if err := g.take(w, r); err != nil {
			return core.NewError(core.CodeArgumentInvalid, "The faults are not valid: %s.", err)
		}
	default:
		w.Header().Set("Allow", "GET, PUT, POST, DELETE")
		return core.NewError(405000, "The method %s is not allowed here.", r.Method)
	}
	w.Header().Set("Content-Type", contentTypeJSON)
	return json.NewEncoder(w).Encode(map[string]any{"rules": g.Rules()})
}

// take replaces the rules by those of a PUT, and adds those of a POST.
func (g *Gate) take(w http.ResponseWriter, r *http.Request) error {
	rules, err := readRules(http.MaxBytesReader(w, r.Body, maxDocument))
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		return g.Add(rules)
	}
	return g.Set(rules)
}

// remove takes away the rule of an id, or all without one.
func (g *Gate) remove(id string) error {
	if id == "" {
		return g.Set(nil)
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || !g.Remove(number) {
		return core.NewError(core.CodeNotFound, "There is no fault %.20q.", id)
	}
	return nil
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
