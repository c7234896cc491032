package pattern

import (
	"fmt"
	"hash/fnv"
	"iter"
	"strconv"
	"strings"
)

// MaxShards bounds into how many shards ids are divided.
const MaxShards = 10_000

// Shard is one of several parts into which ids are divided, the same part in every process that is given the
// same ids. The zero value is the whole.
type Shard struct {
	Number, Of int // from 1; 1 of 1 is the whole
}

// ParseShard reads a shard as in "2/8": the second of eight.
func ParseShard(text string) (Shard, error) {
	first, second, found := strings.Cut(strings.TrimSpace(text), "/")
	number, err1 := strconv.Atoi(first)
	of, err2 := strconv.Atoi(second)
	switch {
	case !found || err1 != nil || err2 != nil:
		return Shard{}, fmt.Errorf("%q is no shard: the second of eight is 2/8", text)
	case of < 1 || of > MaxShards:
		return Shard{}, fmt.Errorf("%q divides into %d: 1 to %d can be", text, of, MaxShards)
	case number < 1 || number > of:
		return Shard{}, fmt.Errorf("%q is none of the %d shards: they are 1/%d to %d/%d", text, of, of, of, of)
	}
	return Shard{Number: number, Of: of}, nil
}

// String gives the shard as ParseShard reads it.
func (s Shard) String() string {
	if s.IsWhole() {
		return "1/1"
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// IsWhole says whether everything is in the shard.
func (s Shard) IsWhole() bool { return s.Of <= 1 }

// Has says whether an id is in the shard by the id alone, whatever other ids there are. That is for ids that come in
// no promised order or that change while shards run, such as those of a query; shards differ in size as
// chance will have it.
func (s Shard) Has(id string) bool {
	if s.IsWhole() {
		return true
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return mix(h.Sum64())%uint64(s.Of) == uint64(s.Number-1)
}

// mix lets all bits of a hash count (the finalizer of MurmurHash3): the last ones of FNV follow the last characters.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// Takes says whether the shard has what stands at place i, from 0, of a list whose order is the same in every
// process. The shards of a list differ in size by one at most.
func (s Shard) Takes(i int) bool {
	return s.IsWhole() || i%s.Of == s.Number-1
}

// Shard gives the ids of a shard, in order, by their place: every eighth, beginning with the second, for 2/8.
func (p Pattern) Shard(s Shard) iter.Seq[string] {
	if s.IsWhole() {
		return p.All()
	}
	return func(yield func(string) bool) {
		var b []byte
		for i := s.Number - 1; i < p.count; i += s.Of {
			b = p.append(b[:0], i)
			if !yield(string(b)) {
				return
			}
		}
	}
}
