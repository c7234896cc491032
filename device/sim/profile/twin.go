package profile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// twin is what a device knows of its desired properties. Device.mu guards it.
type twin struct {
	desired any // map[string]any; nil before there is any
	version int64
}

// SetTwin gives the device its desired properties as a whole, without applying them: values that refer to them change.
func (d *Device) SetTwin(desired json.RawMessage) error {
	patch, err := object(desired)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.desired = patch
	return nil
}

// Applied is what a change of desired properties brings about.
type Applied struct {
	// Report is the patch of reported properties by which the device tells that it took them; nil for none.
	Report json.RawMessage
	// Intervals are the new intervals of kinds of messages, by index.
	Intervals map[int]time.Duration
	// Refused says why a desired interval was not taken; empty when there was none or it was.
	Refused string
}

// Apply applies desired properties: a patch, or all of them when full is set, since patches may have been missed. When
// all of them have a version that was applied already, nothing is to be done.
func (d *Device) Apply(desired json.RawMessage, version int64, full bool, _ time.Time) (Applied, error) {
	patch, err := object(desired)
	if err != nil {
		return Applied{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if full && version == d.version && version != 0 {
		return Applied{}, nil
	}
	before, _ := d.desired.(map[string]any)
	if full {
		patch = difference(before, patch)
	}
	d.desired, d.version = merged(before, patch), version
	a := Applied{}
	refused := d.intervals(patch, &a)
	a.Report, err = d.acknowledgement(patch, version, refused)
	return a, err
}

// refusal is a desired interval that cannot be: the path, and the interval that stays.
type refusal struct {
	path []string
	kept time.Duration
	why  string
}

// intervals finds the intervals that the patch changes.
func (d *Device) intervals(patch map[string]any, a *Applied) (refused []refusal) {
	for i := range d.profile.recipes {
		path := d.profile.recipes[i].desiredInterval
		given, touched := find(patch, path)
		if path == nil || !touched {
			continue
		}
		interval := d.usual(i)
		if given != nil {
			wanted, ok := d.profile.interval(given)
			if !ok {
				why := fmt.Sprintf("%s is %v: it has to be a number of %s from %v to %v",
					strings.Join(path, "."), shorten(fmt.Sprint(given)), d.profile.unitName(), MinInterval, maxDuration)
				a.Refused = why
				refused = append(refused, refusal{path, cmp.Or(d.kinds[i].desired, interval), why})
				continue
			}
			interval = wanted
		}
		d.kinds[i].desired = interval
		if given == nil {
			d.kinds[i].desired = 0
		}
		if a.Intervals == nil {
			a.Intervals = map[int]time.Duration{}
		}
		a.Intervals[i] = interval
	}
	return refused
}

func (p *Profile) unitName() string {
	if p.intervalUnit == "ms" {
		return "milliseconds"
	}
	return "seconds"
}

// interval reads a desired interval.
func (p *Profile) interval(given any) (time.Duration, bool) {
	f, ok := asFloat(given)
	if !ok {
		s, isText := given.(string)
		wanted, err := time.ParseDuration(s)
		return wanted, isText && err == nil && wanted >= MinInterval && wanted <= maxDuration
	}
	if p.intervalUnit == "ms" {
		f /= 1000
	}
	wanted, ok := seconds(f)
	return wanted, ok && wanted >= MinInterval
}

// inUnit is an interval as a desired property gives it.
func (p *Profile) inUnit(d time.Duration) float64 {
	if p.intervalUnit == "ms" {
		return float64(d) / float64(time.Millisecond)
	}
	return d.Seconds()
}

// acknowledgement is the patch of reported properties that tells what was taken.
func (d *Device) acknowledgement(patch map[string]any, version int64, refused []refusal) (json.RawMessage, error) {
	if d.profile.acknowledge == "none" || len(patch) == 0 {
		return nil, nil
	}
	out := maps.Clone(patch)
	for _, r := range refused {
		out = replace(out, r.path, d.profile.inUnit(r.kept))
	}
	if d.profile.acknowledge == "value" {
		out["desiredVersion"] = version
		return json.Marshal(out)
	}
	return json.Marshal(plugAndPlay(out, version, refused))
}

// plugAndPlay acknowledges each property by the convention of IoT Plug and Play; those of a component, an object that
// says so by "__t": "c", one by one.
func plugAndPlay(patch map[string]any, version int64, refused []refusal) map[string]any {
	out := make(map[string]any, len(patch))
	for name, v := range patch {
		var below []refusal
		for _, r := range refused {
			if r.path[0] == name {
				below = append(below, refusal{r.path[1:], r.kept, r.why})
			}
		}
		component, _ := v.(map[string]any)
		switch {
		case v == nil, name == "__t":
			out[name] = v
		case component["__t"] == "c":
			out[name] = plugAndPlay(component, version, below)
		case len(below) > 0:
			out[name] = map[string]any{"value": v, "ac": 400, "av": version, "ad": below[0].why}
		default:
			out[name] = map[string]any{"value": v, "ac": 200, "av": version, "ad": "applied"}
		}
	}
	return out
}

// decode reads JSON with its numbers as they are written.
func decode(text []byte) (any, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	err := decoder.Decode(&v)
	return v, err
}

// object reads desired properties without what the hub adds ($version, $metadata).
func object(text json.RawMessage) (map[string]any, error) {
	v, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("read desired properties: %w", err)
	}
	of, ok := v.(map[string]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("read desired properties: %s is no object", shorten(string(text)))
	}
	if of == nil {
		of = map[string]any{}
	}
	maps.DeleteFunc(of, func(name string, _ any) bool { return strings.HasPrefix(name, "$") })
	return of, nil
}
