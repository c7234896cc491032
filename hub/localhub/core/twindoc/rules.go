package twindoc

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// The limits of a twin, in bytes, levels and integers (protocol 2.5, 9).
const (
	MaxTags       = 8 << 10
	MaxProperties = 32 << 10

	maxKey     = 1 << 10
	maxText    = 4 << 10
	maxDepth   = 10
	maxInteger = 1<<52 - 1
	minInteger = -1 << 52
)

// RuleError says which part of a document breaks which rule.
type RuleError struct {
	Path   string // of the member, "a.b"; empty for the whole document
	Reason string // what follows the name of the member
}

func (e *RuleError) Error() string {
	if e.Path == "" {
		return "the document " + e.Reason
	}
	return fmt.Sprintf("the member '%s' %s", e.Path, e.Reason)
}

func broken(path, format string, args ...any) *RuleError {
	return &RuleError{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// checkObject checks the members of an object that is depth levels down. It
// returns an untyped nil.
func checkObject(o map[string]any, path string, depth int) error {
	if depth > maxDepth {
		return broken(path, "is nested more than %d levels deep", maxDepth)
	}
	for key, value := range o {
		if err := checkKey(key, path); err != nil {
			return err
		}
		if err := checkValue(value, join(path, key), depth); err != nil {
			return err
		}
	}
	return nil
}

func checkKey(key, path string) error {
	switch {
	case key == "":
		return broken(path, "has a member with an empty name")
	case len(key) > maxKey:
		return broken(path, "has a member whose name is longer than %d bytes", maxKey)
	}
	for _, r := range key {
		if r == '.' || r == '$' || r == ' ' || unicode.IsControl(r) {
			return broken(path, "has the member %q, whose name holds %q: names must not have '.', '$', blanks or control characters", key, r)
		}
	}
	return nil
}

func checkValue(value any, path string, depth int) error {
	switch v := value.(type) {
	case string:
		if len(v) > maxText {
			return broken(path, "is a text of %d bytes, the limit is %d", len(v), maxText)
		}
	case json.Number:
		return checkNumber(v, path)
	case map[string]any:
		return checkObject(v, path, depth+1)
	case []any:
		return checkArray(v, path, depth+1)
	}
	return nil
}

func checkArray(items []any, path string, depth int) error {
	if depth > maxDepth {
		return broken(path, "is nested more than %d levels deep", maxDepth)
	}
	for i, item := range items {
		at := path + "[" + strconv.Itoa(i) + "]"
		if item == nil {
			return broken(at, "is null, which an array must not hold")
		}
		if err := checkValue(item, at, depth); err != nil {
			return err
		}
	}
	return nil
}

func checkNumber(n json.Number, path string) error {
	if !strings.ContainsAny(n.String(), ".eE") {
		whole, err := n.Int64()
		if err != nil || whole < minInteger || whole > maxInteger {
			return broken(path, "is an integer outside %d to %d", int64(minInteger), int64(maxInteger))
		}
		return nil
	}
	if f, err := n.Float64(); err != nil || math.IsInf(f, 0) {
		return broken(path, "is a number that is too large")
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Size is what counts against the limit of a section: names and texts by their
// bytes, numbers 8, booleans 4 (protocol 2.5).
func (o Object) Size() int { return sizeOf(map[string]any(o)) }

func sizeOf(value any) int {
	n := 0
	switch v := value.(type) {
	case string:
		return len(v)
	case json.Number:
		return 8
	case bool:
		return 4
	case []any:
		for _, item := range v {
			n += sizeOf(item)
		}
	case map[string]any:
		for key, item := range v {
			n += len(key) + sizeOf(item)
		}
	}
	return n
}
