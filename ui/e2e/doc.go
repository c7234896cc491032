// Package e2e holds the tests that drive the real program, built and run as a
// user would: in a pseudo-terminal, on its built-in local hub, through keys and
// the screen only.
package e2e
