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
	// pieceRows is how many rows are read at one place before others are.
	pieceRows = 1024
	// maxReaders bounds the places that a query reads at.
	maxReaders = 8
	// keptResults and keptBytes bound the results of GROUP BY that are kept for
	// their later pages.
	keptResults = 8
	keptBytes   = 32 << 20
	// lookAhead is how many rows are read after a full page to find out whether it
	// is the last one. Past it, the page says that there may be more.
	lookAhead = 20_000
)

func itoa(n int) string { return strconv.Itoa(n) }
