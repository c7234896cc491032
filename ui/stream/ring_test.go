package stream

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRing(t *testing.T) {
	r := NewRing(Limit{Items: 3, Bytes: 100}, byValue)
	if r.First() != 0 || r.End() != 0 || r.Len() != 0 {
		t.Fatalf("a new ring is not empty: %d to %d", r.First(), r.End())
	}
	for i, n := range []int{10, 20, 30} {
		if got := r.Append(n); got != uint64(i) {
			t.Errorf("item %d got number %d", i, got)
		}
	}
	r.Append(40)
	if _, kept := r.At(0); kept {
		t.Error("the oldest item is still there past the limit")
	}
	if n, kept := r.At(1); !kept || n != 20 {
		t.Errorf("number 1 is %d (kept %t), want 20", n, kept)
	}
	if r.Evicted() != 1 || r.Bytes() != 90 {
		t.Errorf("%d evicted, %d bytes; want 1 and 90", r.Evicted(), r.Bytes())
	}
	r.Append(99)
	if r.Len() != 1 || r.First() != 4 || r.Bytes() != 99 {
		t.Errorf("%d items from %d, %d bytes; want the newest one only", r.Len(), r.First(), r.Bytes())
	}
	r.Append(500)
	if n, kept := r.At(5); !kept || n != 500 || r.Len() != 1 {
		t.Errorf("an item over the limit: %d (kept %t), %d items", n, kept, r.Len())
	}
	r.Clear()
	if r.Len() != 0 || r.Bytes() != 0 || r.Append(1) != 6 {
		t.Error("after Clear the numbers do not go on from an empty ring")
	}
}

func TestRingAgainstASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{Items: rapid.IntRange(0, 200).Draw(t, "items"), Bytes: rapid.Int64Range(0, 2000).Draw(t, "bytes")}
		r := NewRing(limit, byValue)
		var all []int
		kept := 0
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 50), 0, 500).Draw(t, "values") {
			all = append(all, n)
			r.Append(n)
			kept++
			for kept > 1 && limit.exceeded(kept, sum(all[len(all)-kept:])) {
				kept--
			}
		}
		want := all[len(all)-kept:]
		var got []int
		for i := r.First(); i < r.End(); i++ {
			n, _ := r.At(i)
			if *r.Ref(i) != n {
				t.Fatalf("Ref(%d) is %d, At gives %d", i, *r.Ref(i), n)
			}
			got = append(got, n)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("ring holds %v, want %v", got, want)
		}
		if r.Bytes() != sum(want) || int(r.Evicted()) != len(all)-kept {
			t.Fatalf("%d bytes, %d evicted; want %d and %d", r.Bytes(), r.Evicted(), sum(want), len(all)-kept)
		}
	})
}

func sum(ns []int) (total int64) {
	for _, n := range ns {
		total += int64(n)
	}
	return total
}

func BenchmarkRing(b *testing.B) {
	const kept = 100_000
	b.Run("ring", func(b *testing.B) {
		r := NewRing(Limit{Items: kept, Bytes: 1 << 40}, byValue)
		for b.Loop() {
			r.Append(256)
		}
	})
	b.Run("reference-append-and-reslice", func(b *testing.B) {
		var s []int
		for b.Loop() {
			if s = append(s, 256); len(s) > kept {
				s = s[1:]
			}
		}
	})
}
