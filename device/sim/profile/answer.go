package profile

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Answer is how a device answers a direct method.
type Answer struct {
	Status  int
	Payload json.RawMessage
	// Delay is what the device takes to answer; the caller waits.
	Delay time.Duration
	// Report is a patch of reported properties that the call brings about; nil for none.
	Report json.RawMessage
}

// Method answers a call; known is false for a method that the profile does not know. The error is a *RunError; the
// answer then is one with status 500 that says so. Values do not move on: a call changes no later message, but for what
// the method sets.
func (d *Device) Method(name string, payload json.RawMessage, now time.Time) (answer Answer, known bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	in := run{device: d, now: now, payload: decoded(payload), still: true}
	for i := range d.profile.replies {
		r := &d.profile.replies[i]
		if r.name != name {
			continue
		}
		known = true
		holds := r.when == nil
		if !holds {
			if holds, err = r.when.holds(&in); err != nil {
				return d.failed(r, &placed{r.when.at, err})
			}
		}
		if holds {
			return d.reply(r, &in)
		}
	}
	if known {
		return Answer{Status: 400, Payload: json.RawMessage(`{"error":"no condition of the method holds"}`)}, true, nil
	}
	return Answer{}, false, nil
}

func (d *Device) reply(r *reply, in *run) (Answer, bool, error) {
	d.calls++
	in.n = int64(d.calls)
	a := Answer{Status: r.status, Delay: r.delay + chance(r.spread, mix(d.identity, "method "+r.name), in.n)}
	for i := range r.set {
		if err := r.set[i].apply(in); err != nil {
			return d.failed(r, &placed{r.set[i].to.ref.at, err})
		}
	}
	var err error
	if a.Payload, err = r.answer.document(in); err != nil {
		return d.failed(r, err)
	}
	if a.Report, err = r.report.document(in); err != nil {
		return d.failed(r, err)
	}
	return a, true, nil
}

func (d *Device) failed(r *reply, err error) (Answer, bool, error) {
	err = d.profile.runError("the answer to "+strconv.Quote(r.name), r.at, err)
	text, _ := json.Marshal(map[string]string{"error": err.Error()})
	return Answer{Status: 500, Payload: text}, true, err
}

// document makes JSON; nil when there is no template.
func (t *template) document(in *run) (json.RawMessage, error) {
	if t == nil {
		return nil, nil
	}
	return t.append(nil, in)
}

// decoded reads JSON; nil when it is none.
func decoded(text []byte) any {
	v, err := decode(text)
	if err != nil {
		return nil
	}
	return v
}

// Reported is the patch of reported properties that a device sends when it starts; nil for none. The error is a *RunError.
func (d *Device) Reported(now time.Time) (json.RawMessage, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	in := run{device: d, now: now, still: true}
	patch, err := d.profile.reported.document(&in)
	if err != nil {
		return nil, d.profile.runError("the reported properties", 0, err)
	}
	if patch != nil && !json.Valid(patch) {
		return nil, d.profile.runError("the reported properties", 0, fmt.Errorf("this is no JSON: %s", shorten(string(patch))))
	}
	return patch, nil
}
