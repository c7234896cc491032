package profile

import (
	"errors"
	"fmt"
)

// ErrNotNow is the error of Next when the condition of a kind of message does not hold: there is nothing to send this
// time, and nothing is wrong.
var ErrNotNow = errors.New("the condition of this message does not hold")

// ErrTooLarge says that a message would be greater than IoT Hub takes (protocol 9), or a value than a message.
var ErrTooLarge = errors.New("too large")

// Error is what is wrong with a profile, and where.
type Error struct {
	// File is the name that Parse was given.
	File string
	// Line and Column count from 1; the column counts characters. Both are 0 when it is about the whole file.
	Line, Column int
	// Message is one sentence: what is wrong and what would be right.
	Message string
}

// Error is in the form that editors know how to jump to.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// RunError is why a message, an answer or a report could not be made. The profile was fine: what it met was not.
type RunError struct {
	// What could not be made, such as `message "telemetry"`.
	What string
	// Line and Column are the place of the template in the file, counted from 1.
	Line, Column int
	// Err is the cause.
	Err error
}

func (e *RunError) Error() string {
	return fmt.Sprintf("make %s (line %d, column %d): %v", e.What, e.Line, e.Column, e.Err)
}

// Unwrap gives the cause.
func (e *RunError) Unwrap() error { return e.Err }

// Errors are all that is wrong with a profile, in the order of the file; at least one. errors.As finds an *Error in it.
type Errors []*Error

// Error is the first error, and how many more there are.
func (e Errors) Error() string {
	switch len(e) {
	case 0:
		return "no error"
	case 1:
		return e[0].Error()
	default:
		return fmt.Sprintf("%v (and %d more)", e[0], len(e)-1)
	}
}

// Unwrap gives them all.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i := range e {
		all[i] = e[i]
	}
	return all
}
