package filter

import "strings"

// IndexFold finds lower in s, ASCII letters of both cases alike, and gives its place or -1. lower is in lower case.
// It allocates nothing: it runs over all that is kept when a filter changes.
func IndexFold(s, lower string) int {
	if lower == "" {
		return 0
	}
	small, large := lower[0], upperByte(lower[0])
	nextSmall, nextLarge := -1, -1
	for i := 0; i+len(lower) <= len(s); i++ {
		nextSmall, nextLarge = nextByte(s, small, i, nextSmall), nextByte(s, large, i, nextLarge)
		if i = min(nextSmall, nextLarge); i+len(lower) > len(s) {
			return -1
		}
		if equalFold(s[i:i+len(lower)], lower) {
			return i
		}
	}
	return -1
}

// nextByte is where c stands at or after from; known is what it gave before. len(s) means nowhere.
func nextByte(s string, c byte, from, known int) int {
	if known >= from {
		return known
	}
	if at := strings.IndexByte(s[from:], c); at >= 0 {
		return from + at
	}
	return len(s)
}

func equalFold(s, lower string) bool {
	for i := range len(lower) {
		if lowerByte(s[i]) != lower[i] {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func upperByte(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c + 'A' - 'a'
	}
	return c
}

// LowerASCII makes ASCII letters small and leaves the rest.
func LowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lowerByte(c)
	}
	return string(b)
}
