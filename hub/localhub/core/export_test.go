package core

import "testing"

// FillRegistry makes a state file with n devices, for benchmarks from outside.
func FillRegistry(b *testing.B, path string, n int) { fillRegistry(b, path, n) }
