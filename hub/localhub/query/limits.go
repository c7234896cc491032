package query

import "strconv"

const (
	// MaxText is the greatest length of a query in characters (protocol 3.4).
	MaxText = 8192
	// maxDepth bounds the nesting of parentheses, NOT, signs and calls.
	maxDepth = 64
	// maxString bounds what CONCAT makes, in bytes; a longer one is undefined.
	maxString = 64 << 10
	// maxGroups and maxGroupBytes bound what one GROUP BY may hold.
	maxGroups     = 10_000
	maxGroupBytes = 32 << 20
	// firstBatch and maxBatch are how many rows a source is asked for at once.
	firstBatch = 16
	maxBatch   = 1024
	// lookAhead is how many rows are read after a full page to find out whether it
	// is the last one. Past it, the page says that there may be more.
	lookAhead = 20_000
)

func itoa(n int) string { return strconv.Itoa(n) }
