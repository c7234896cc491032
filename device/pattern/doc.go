// Package pattern gives the device ids that a text with braces stands for, as a shell does:
//
//	p, err := pattern.Parse("pump-{001..250}-{east,west}")
//	p.Len()      // 500, counted without making them
//	p.At(1)      // pump-001-west
//	p.IDs()      // all of them, the last brace changing fastest
//
// In braces stand values with commas between them. A value is a text, or a range: {1..250}, {001..250} for
// numbers of one length, {0..100..10} for every tenth, {a..f} for letters, and any of them backwards. Braces
// cannot be part of a device id (protocol 1.5), so that nothing has to be escaped; outside of braces commas
// and dots are characters like others.
//
// A [Shard] divides ids among processes that do not talk to each other.
package pattern
