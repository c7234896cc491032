// Package selection finds the devices and modules that a condition means: the
// queryCondition of a job and the targetCondition of a configuration (protocol
// 2.8, 2.9).
package selection

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// Query runs one page of a text of the query language; next is empty at the end.
// A refusal is a *core.Error.
type Query func(ctx context.Context, text string, max int, continuation string) (items []any, next string, err error)

// Condition is which devices, or which modules, are meant.
type Condition struct {
	// Modules says that modules are meant, and not devices.
	Modules bool
	// Where is the text behind WHERE; empty for all.
	Where string
}

var fromForm = regexp.MustCompile(`(?is)^\s*FROM\s+(devices(?:\.modules)?)(?:\s+WHERE\s+(.*))?$`)

// Parse reads the forms that clients write: a condition alone, "*" or nothing for
// all devices, or one with its source, "FROM devices.modules WHERE ...". Whether
// the condition itself is right, Check tells.
func Parse(text string) Condition {
	c := Condition{Where: strings.TrimSpace(text)}
	if m := fromForm.FindStringSubmatch(c.Where); m != nil {
		c = Condition{Modules: !strings.EqualFold(m[1], "devices"), Where: strings.TrimSpace(m[2])}
	}
	if c.Where == "*" {
		c.Where = ""
	}
	return c
}

func (c Condition) text() string {
	text := "SELECT * FROM devices"
	if c.Modules {
		text += ".modules"
	}
	if c.Where != "" {
		text += " WHERE " + c.Where
	}
	return text
}

// Check tells whether the query language understands the condition.
func (c Condition) Check(ctx context.Context, q Query) error {
	_, _, err := q(ctx, c.text(), 1, "")
	return err
}

const page = 500

// Each visits the twins that the condition means, some at a time.
func (c Condition) Each(ctx context.Context, q Query, visit func([]wire.Twin) error) error {
	continuation := ""
	for {
		items, next, err := q(ctx, c.text(), page, continuation)
		if err != nil {
			return err
		}
		twins := make([]wire.Twin, len(items))
		for i, item := range items {
			if twins[i], err = twinOf(item); err != nil {
				return err
			}
		}
		if err := visit(twins); err != nil {
			return err
		}
		if next == "" {
			return ctx.Err()
		}
		continuation = next
	}
}

func twinOf(item any) (wire.Twin, error) {
	if twin, ok := item.(wire.Twin); ok {
		return twin, nil
	}
	var twin wire.Twin
	text, err := json.Marshal(item)
	if err == nil {
		err = json.Unmarshal(text, &twin)
	}
	if err != nil {
		return twin, fmt.Errorf("read a twin: %w", err)
	}
	return twin, nil
}

// Count runs a query and counts its rows (protocol 2.9: metrics).
func Count(ctx context.Context, q Query, text string) (n int64, err error) {
	continuation := ""
	for {
		items, next, err := q(ctx, text, page, continuation)
		n += int64(len(items))
		if err != nil || next == "" {
			return n, err
		}
		continuation = next
	}
}

// IDOf is the identity that a twin belongs to.
func IDOf(t wire.Twin) core.ID { return core.ID{Device: t.DeviceID, Module: t.ModuleID} }
