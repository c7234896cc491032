package pnp

import (
	"encoding/json"
	"maps"
	"strings"

	"hubscope/hub/localhub/core"
)

const (
	codeJSONPatch = 400505 // InvalidDigitalTwinJsonPatch
	codePatch     = 400507 // InvalidDigitalTwinPatch
	codePatchPath = 400508 // InvalidDigitalTwinPatchPath
)

// operation is one of a JSON Patch (RFC 6902).
type operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// Patch turns a JSON Patch of a digital twin into one of the desired properties:
// "/property", "/component/property" and "/component" can be added, replaced and
// removed. Errors: 400505, 400507, 400508.
func Patch(text []byte) (json.RawMessage, error) {
	var operations []operation
	if err := json.Unmarshal(text, &operations); err != nil {
		return nil, core.NewError(codeJSONPatch, "The body is not a JSON Patch: it must be an array of operations.")
	}
	patch := object{}
	for _, o := range operations {
		if err := o.apply(patch); err != nil {
			return nil, err
		}
	}
	return json.Marshal(patch)
}

func (o operation) apply(patch object) error {
	steps, err := o.steps()
	if err != nil {
		return err
	}
	var value any
	switch o.Op {
	case "add", "replace":
		if len(o.Value) == 0 || json.Unmarshal(o.Value, &value) != nil || value == nil {
			return core.NewError(codePatch, "The operation '%s' of '%s' needs a value.", o.Op, o.Path)
		}
	case "remove":
	default:
		return core.NewError(codeJSONPatch, "The operation '%s' is not one of add, replace and remove.", o.Op)
	}
	if len(steps) == 1 {
		patch[steps[0]] = asComponent(value)
		return nil
	}
	component, _ := patch[steps[0]].(object)
	if component == nil {
		component = object{marker: markerComponent}
		patch[steps[0]] = component
	}
	component[steps[1]] = value
	return nil
}

// asComponent marks a value that a client has marked by "$metadata", which every
// component of a digital twin has.
func asComponent(value any) any {
	o, ok := value.(object)
	if _, component := o["$metadata"]; !ok || !component {
		return value
	}
	o = maps.Clone(o)
	delete(o, "$metadata")
	o[marker] = markerComponent
	return o
}

var pointer = strings.NewReplacer("~1", "/", "~0", "~") // RFC 6901

func (o operation) steps() ([]string, error) {
	rest, ok := strings.CutPrefix(o.Path, "/")
	steps := strings.Split(rest, "/")
	if !ok || len(steps) > 2 {
		return nil, core.NewError(codePatchPath, "The path '%s' must be /property, /component or /component/property.", o.Path)
	}
	for i, step := range steps {
		if step == "" || strings.HasPrefix(step, "$") {
			return nil, core.NewError(codePatchPath, "The path '%s' names what can not be written.", o.Path)
		}
		steps[i] = pointer.Replace(step)
	}
	return steps, nil
}
