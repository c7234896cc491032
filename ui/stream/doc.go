// Package stream carries many events a second to a screen that is drawn a few times a second: a [Buffer] gathers what
// producers put until its one reader comes round, a [Ring] keeps the history that is shown. Both have bounds in items
// and bytes, lose only the oldest when a bound is reached, and count what they lose.
package stream

// Limit bounds what is kept. A field that is 0 or less sets no bound; one of them should.
type Limit struct {
	Items int
	Bytes int64
}

func (l Limit) exceeded(items int, bytes int64) bool {
	return l.Items > 0 && items > l.Items || l.Bytes > 0 && bytes > l.Bytes
}
