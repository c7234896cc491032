// Package frame is the AMQP 1.0 codec that go-amqp does not export: types,
// frames, performatives and SASL (protocol 8.1 and 8.2).
//
// Message sections are not read here: github.com/Azure/go-amqp's Message does
// that. What comes from a peer is outside text, so nothing is allocated by a
// claimed size or count, nesting is limited to [MaxDepth], and every decoder
// returns an error rather than panic.
package frame

import "fmt"

// MaxDepth is how many types may stand within one another. Real peers stay
// below ten; the limit keeps a small frame from using a large stack.
const MaxDepth = 32

// MalformedError says what in a peer's bytes was not AMQP 1.0.
type MalformedError struct{ Reason string }

func (e *MalformedError) Error() string { return "malformed AMQP: " + e.Reason }

func malformed(format string, a ...any) error {
	return &MalformedError{Reason: fmt.Sprintf(format, a...)}
}
