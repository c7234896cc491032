package amqp

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// Protocol 7.5, all rows.
// Protocol 7.5.1.
func TestParseSelector(t *testing.T) {
	at := time.UnixMilli(1654109018176)
	for text, want := range map[string]core.Position{
		"amqp.annotation.x-opt-offset > '-1'":                      {Kind: core.Earliest},
		"amqp.annotation.x-opt-offset >= '-1'":                     {Kind: core.Earliest, Inclusive: true},
		"amqp.annotation.x-opt-offset > '@latest'":                 {Kind: core.Latest},
		"amqp.annotation.x-opt-offset >= '@latest'":                {Kind: core.Latest, Inclusive: true},
		"amqp.annotation.x-opt-offset > '12345'":                   {Kind: core.Offset, Offset: "12345"},
		"amqp.annotation.x-opt-offset >= '12345'":                  {Kind: core.Offset, Offset: "12345", Inclusive: true},
		"amqp.annotation.x-opt-offset > 12345":                     {Kind: core.Offset, Offset: "12345"},
		"amqp.annotation.x-opt-sequence-number > '10'":             {Kind: core.Sequence, Sequence: 10},
		"amqp.annotation.x-opt-sequence-number >= 10":              {Kind: core.Sequence, Sequence: 10, Inclusive: true},
		"amqp.annotation.x-opt-sequence-number > '-1'":             {Kind: core.Sequence, Sequence: -1},
		"amqp.annotation.x-opt-enqueued-time > '1654109018176'":    {Kind: core.Enqueued, Time: at},
		"amqp.annotation.x-opt-enqueued-time >= '1654109018176'":   {Kind: core.Enqueued, Time: at, Inclusive: true},
		"amqp.annotation.x-opt-enqueuedtimeutc > 1654109018176":    {Kind: core.Enqueued, Time: at},
		"amqp.annotation.x-opt-enqueuedtimeutc > '1654109018176'":  {Kind: core.Enqueued, Time: at},
		"  AMQP.annotation.X-Opt-EnqueuedTimeUtc>=1654109018176  ": {Kind: core.Enqueued, Time: at, Inclusive: true},
	} {
		got, err := parseSelector(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// Protocol 7.5.3.
func TestParseSelectorRefuses(t *testing.T) {
	for _, text := range []string{
		"", "x", "amqp.annotation.x-opt-offset", "amqp.annotation.x-opt-offset >", "amqp.annotation.x-opt-offset > ''",
		"amqp.annotation.x-opt-offset > '12", "amqp.annotation.x-opt-offset > 1'2", "amqp.annotation.x-opt-offset < '1'",
		"amqp.annotation.x-opt-offset > 'abc'", "amqp.annotation.x-opt-sequence-number > 'abc'",
		"amqp.annotation.x-opt-enqueued-time > '2026-11-22'", "amqp.annotation.other > '1'", "x-opt-offset > '1'",
		"amqp.annotation.x-opt-offset > '1' AND amqp.annotation.x-opt-offset > '2'",
	} {
		_, err := parseSelector(text)
		if err == nil || asFault(err).Condition != condNotAllowed {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Protocol 0, fact 16: the forms of the filter itself.
// Protocol 7.5.3.
func TestStartPosition(t *testing.T) {
	text := "amqp.annotation.x-opt-sequence-number > '10'"
	ten := core.Position{Kind: core.Sequence, Sequence: 10}
	name := frame.Symbol(selectorName)
	for label, tt := range map[string]struct {
		filters frame.Map
		want    core.Position
		refused bool
	}{
		"none":               {nil, core.Position{Kind: core.Earliest}, false},
		"number":             {frame.Map{{Key: name, Value: frame.Described{Descriptor: uint64(selectorCode), Value: text}}}, ten, false},
		"symbol":             {frame.Map{{Key: name, Value: frame.Described{Descriptor: name, Value: text}}}, ten, false},
		"bare":               {frame.Map{{Key: name, Value: text}}, ten, false},
		"other key":          {frame.Map{{Key: frame.Symbol("selector"), Value: frame.Described{Descriptor: uint64(selectorCode), Value: text}}}, ten, false},
		"string key":         {frame.Map{{Key: selectorName, Value: text}}, ten, false},
		"other type":         {frame.Map{{Key: name, Value: frame.Described{Descriptor: uint64(1), Value: text}}}, core.Position{}, true},
		"not text":           {frame.Map{{Key: name, Value: int32(1)}}, core.Position{}, true},
		"unknown bare":       {frame.Map{{Key: frame.Symbol("x"), Value: text}}, core.Position{}, true},
		"descriptor no kind": {frame.Map{{Key: name, Value: frame.Described{Descriptor: []any{}, Value: text}}}, core.Position{}, true},
	} {
		got, err := startPosition(tt.filters)
		if tt.refused {
			if err == nil || asFault(err).Condition != condNotAllowed {
				t.Errorf("%s: %v", label, err)
			}
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", label, err, diff)
		}
	}
}

func FuzzStartPosition(f *testing.F) {
	for _, seed := range []string{
		"amqp.annotation.x-opt-offset > '-1'", "amqp.annotation.x-opt-enqueued-time >= 1", "amqp.annotation.x-opt-sequence-number > '9'", ">", "'", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := startPosition(frame.Map{{Key: frame.Symbol(selectorName), Value: text}})
		if err != nil && asFault(err).Condition != condNotAllowed {
			t.Errorf("%v", err)
		}
		if err == nil && got.Kind == core.Offset && got.Offset == "" {
			t.Errorf("an offset without text from %q", text)
		}
	})
}
