package query

import "slices"

// What the protocol reference marks as UNCONFIRMED, with the choice made here.
// Accepting a text that the service may refuse is only done where the reference
// says so; a text that is refused here can be written another way that both take.

const (
	// acceptCountStar: COUNT(*) is COUNT() (protocol 3.1).
	acceptCountStar = true
	// acceptIndex: a path may have name[0], the element of an array, from 0
	// (protocol 3.1).
	acceptIndex = true
	// acceptNotIn: x NOT IN [...] is x NIN [...] (protocol 3.1).
	acceptNotIn = true
	// acceptDoubledQuote: a doubled quote in a string is one quote, beside \' (protocol 3.1).
	acceptDoubledQuote = true
)

// incomparable is what a comparison gives whose sides have different types, are
// not primitive or are undefined, != included (protocol 3.1). NOT makes it true.
var incomparable = boolean(false)

// notIn is true for a primitive value that no element equals; other values,
// undefined among them, are neither in nor not in, as with != (protocol 3.1).
func notIn(v Value, elements []Value) Value {
	if !v.primitive() {
		return incomparable
	}
	return boolean(!slices.ContainsFunc(elements, v.equal))
}

// unnamed is the member for the n-th item, from 1, that has neither an alias nor
// a path's last segment for a name (protocol 3.3).
func unnamed(n int) string { return "$" + itoa(n) }

// counts tells which values AVG, SUM, MIN and MAX look at: numbers, all others
// are passed over (protocol 3.3). Without any, SUM is 0 and the others have no
// value.
func counts(v Value) bool { return v.kind == Number }

// Lengths and positions in LENGTH, SUBSTRING and INDEX_OF are counted in Unicode
// characters (protocol 3.2 does not say).

// reserved are the words that a path or an alias may hold in [[ ]] only; the
// reference names "group" (protocol 3.1). A hub that is stricter than the
// service is found out at home, the other way round it is not.
var reserved = map[string]bool{
	"select": true, "top": true, "from": true, "where": true, "group": true, "by": true, "as": true,
	"and": true, "or": true, "not": true, "in": true, "nin": true,
	"true": true, "false": true, "null": true, "undefined": true,
}
