package history

import (
	"strings"
	"time"
)

// A chunk holds the records of events that came one after the other, in two pieces of memory without pointers, and once
// what many of them have in common. What is in it never changes, so that views may point into it; it goes when all of
// its events have fallen out.
type chunk struct {
	serial uint32
	texts  strings.Builder // the records
	bodies []byte
	large  [][]byte // bodies that are not worth a copy
	size   int      // of all that

	heads  []head
	shapes []*shape
	values []any // that come again
	zones  []*time.Location
	others []any // values of types that a record cannot hold
}

// head is what most events of a device have in common.
type head struct{ partition, device, module, contentType, contentEncoding, source string }

// A shape is the names of the attributes of an event, in order: those of the application first.
type shape struct {
	names []string
	split int
}

const (
	// chunkSize is when the next chunk begins. It is what can be held longer than the bounds of a history tell.
	chunkSize = 256 << 10
	// largeBody is a body that is kept as it came.
	largeBody = 16 << 10
)

// entry is where the record of an event is.
type entry struct {
	chunk uint32 // its serial
	text  uint32 // in the texts of the chunk
	body  uint32 // in the bodies of the chunk, or in its large ones
	bytes uint32 // that the event holds in all
}

const entrySize = 16

// maxZones bounds those of a chunk: each time that was read from text may have one of its own.
const maxZones = 64

func (c *chunk) zone(of *time.Location) uint64 {
	switch of {
	case time.UTC:
		return utc
	case time.Local:
		return local
	}
	for i, known := range c.zones {
		if known == of {
			return uint64(named + i)
		}
	}
	if len(c.zones) == maxZones {
		return utc // the same instant
	}
	c.zones = append(c.zones, of)
	return uint64(named + len(c.zones) - 1)
}
