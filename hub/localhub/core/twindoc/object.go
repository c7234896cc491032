package twindoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// The members that the hub adds to the root of desired and reported.
const (
	keyMetadata = "$metadata"
	keyVersion  = "$version"
)

// Object is a JSON object with its numbers as they were written.
type Object map[string]any

// Parse reads an object that a client wrote and checks it by the rules. What
// only the hub decides, $metadata and $version at the root, is left out: clients
// send back what they have read. The error is a *RuleError.
func Parse(text []byte) (Object, error) {
	o, err := decode(text)
	if err != nil {
		return nil, &RuleError{Reason: "is not a JSON object"}
	}
	delete(o, keyMetadata)
	delete(o, keyVersion)
	if err := checkObject(o, "", 0); err != nil {
		return nil, err
	}
	return o, nil
}

// LoadObject reads a stored object; none is an empty one.
func LoadObject(stored json.RawMessage) (Object, error) {
	if len(stored) == 0 {
		return make(Object), nil
	}
	o, err := decode(stored)
	if err != nil {
		return nil, fmt.Errorf("stored object: %w", err)
	}
	return o, nil
}

func decode(text []byte) (Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var o map[string]any
	if err := decoder.Decode(&o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, fmt.Errorf("it is null")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows its end")
	}
	return o, nil
}

// Merged returns o with patch merged into it: null deletes, objects are merged,
// everything else replaces. O is changed.
func (o Object) Merged(patch Object) Object {
	if o == nil {
		o = make(Object)
	}
	merge(o, patch)
	return o
}

// Nulls is the patch that deletes every property: a device that merges it has
// none left.
func (o Object) Nulls() Object {
	nulls := make(Object, len(o))
	for key := range o {
		nulls[key] = nil
	}
	return nulls
}

func merge(into, patch map[string]any) {
	for key, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(into, key)
		case map[string]any:
			child, ok := into[key].(map[string]any)
			if !ok {
				child = make(map[string]any)
				into[key] = child
			}
			merge(child, v)
		default:
			into[key] = v
		}
	}
}

// JSON is the object as text, members in the order of their names.
func (o Object) JSON() json.RawMessage {
	if o == nil {
		return json.RawMessage(`{}`)
	}
	return encode(o)
}

// WithVersion is the object as text with $version in it, as a device gets it.
func (o Object) WithVersion(version int64) json.RawMessage {
	with := make(map[string]any, len(o)+1)
	for key, value := range o {
		with[key] = value
	}
	with[keyVersion] = version
	return encode(with)
}

func encode(v any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return json.RawMessage(`{}`) // what was decoded from JSON always encodes
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
