package frame

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every constructor of protocol 8.2.
var values = []struct {
	in   string
	want any
}{
	{"40", nil},
	{"41", true},
	{"42", false},
	{"56 01", true},
	{"56 00", false},
	{"50 ff", uint8(255)},
	{"60 0102", uint16(0x102)},
	{"70 01020304", uint32(0x1020304)},
	{"52 ff", uint32(255)},
	{"43", uint32(0)},
	{"80 0102030405060708", uint64(0x102030405060708)},
	{"53 ff", uint64(255)},
	{"44", uint64(0)},
	{"51 ff", int8(-1)},
	{"61 fffe", int16(-2)},
	{"71 fffffffd", int32(-3)},
	{"54 fc", int32(-4)},
	{"81 fffffffffffffffb", int64(-5)},
	{"55 fa", int64(-6)},
	{"72 3fc00000", float32(1.5)},
	{"82 3ff8000000000000", 1.5},
	{"73 0001f600", Char(0x1f600)},
	{"74 01020304", Decimal{0x74, "\x01\x02\x03\x04"}},
	{"84 0102030405060708", Decimal{0x84, "\x01\x02\x03\x04\x05\x06\x07\x08"}},
	{"94 01020304050607080102030405060708", Decimal{0x94, "\x01\x02\x03\x04\x05\x06\x07\x08\x01\x02\x03\x04\x05\x06\x07\x08"}},
	{"83 000001a204bdc16a", time.UnixMilli(0x1a204bdc16a).UTC()},
	{"83 ffffffffffffffff", time.UnixMilli(-1).UTC()},
	{"98 000102030405060708090a0b0c0d0e0f", UUID{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
	{"a0 02 0102", []byte{1, 2}},
	{"b0 00000002 0102", []byte{1, 2}},
	{"a1 02 c3a9", "é"},
	{"b1 00000002 c3a9", "é"},
	{"a3 01 61", Symbol("a")},
	{"b3 00000001 61", Symbol("a")},
	{"45", []any{}},
	{"c0 01 00", []any{}},
	{"c0 03 02 41 40", []any{true, nil}},
	{"d0 00000006 00000002 41 40", []any{true, nil}},
	{"c1 05 02 a3 01 61 43", Map{{Symbol("a"), uint32(0)}}},
	{"d1 00000008 00000002 a3 01 61 43", Map{{Symbol("a"), uint32(0)}}},
	{"00 53 24 45", Described{uint64(0x24), []any{}}},
	{"00 a3 01 61 a1 01 62", Described{Symbol("a"), "b"}},
}

// Protocol 8.2.1.
func TestValue(t *testing.T) {
	for _, tt := range values {
		in := append(unhex(t, tt.in), 0xee)
		got, rest, err := Value(in)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !bytes.Equal(rest, []byte{0xee}) {
			t.Errorf("%s: %s, rest %x", tt.in, diff, rest)
		}
		again, rest, err := Value(AppendValue(nil, got))
		if diff := cmp.Diff(got, again); diff != "" || err != nil || len(rest) != 0 {
			t.Errorf("%s encoded again: %v %s, rest %x", tt.in, err, diff, rest)
		}
	}
}

// Protocol 8.2.1.
func TestArray(t *testing.T) {
	for in, want := range map[string][]any{
		"e0 04 02 a1 00 00":                   {"", ""},
		"f0 00000009 00000002 a1 01 30 01 31": {"0", "1"},
		"e0 04 02 50 01 02":                   {uint8(1), uint8(2)},
		"e0 02 03 41":                         {true, true, true},
		"e0 02 00 71":                         nil,
		"e0 07 02 00 a3 01 78 54 01 02":       {Described{Symbol("x"), int32(1)}, Described{Symbol("x"), int32(2)}},
		"e0 09 02 e0 02 01 41 03 01 50 07":    {Array{Items: []any{true}}, Array{Items: []any{uint8(7)}}},
	} {
		b := unhex(t, in)
		if strings.HasPrefix(in, "e0 07") {
			b[1] = byte(len(b) - 2)
		}
		got, rest, err := Value(b)
		if err != nil || len(rest) != 0 {
			t.Errorf("%s: %v, rest %x", in, err, rest)
			continue
		}
		a := got.(Array)
		if diff := cmp.Diff(want, a.Items, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".raw" }, cmp.Ignore())); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
		if again := AppendValue(nil, a); !bytes.Equal(again, b) {
			t.Errorf("%s encoded again: %x", in, again)
		}
	}
}

// What a peer claims is not believed.
// Protocol 8.2.2.
func TestMalformed(t *testing.T) {
	for _, in := range []string{
		"", "a1", "a1 05 61", "b1 ffffffff 61", "b0 7fffffff", "c0 02 05 41", "d0 ffffffff 00000001 41", "d0 00000005 ffffffff 41",
		"c1 02 01 41", "c0 03 01 41 41", "e0 02 ff", "f0 00000005 ffffffff 41", "f0 00000005 ffffffff 40", "56 02", "3f", "49", "5f", "6f", "7f", "8f", "9f", "af", "a2 00", "c2 00", "e1 00", "a1 01 ff",
		"00", "00 53", "00 53 24", "e0 03 01 00 00", "00 00 00 00",
	} {
		if v, _, err := Value(unhex(t, in)); err == nil {
			t.Errorf("%s: decoded to %v", in, v)
		}
	}
}

// Nesting is limited, however it is made.
// Protocol 8.2.2.
func TestDepth(t *testing.T) {
	if _, _, err := Value(deep(MaxDepth)); err != nil {
		t.Errorf("%d lists: %v", MaxDepth, err)
	}
	for _, b := range [][]byte{deep(MaxDepth + 1), deep(5000), bytes.Repeat([]byte{codeDescribed}, 60000)} {
		if _, _, err := Value(b); err == nil {
			t.Errorf("%d bytes of nested types were decoded", len(b))
		}
		if err := CheckMessage(append([]byte{codeDescribed, codeSmallUlong, 0x77}, b...)); err == nil {
			t.Errorf("%d bytes of nested types passed", len(b))
		}
	}
}

// deep is n lists, each in the one before.
func deep(n int) []byte {
	b := []byte{codeList0}
	for range n {
		out, mark := openBlock(nil, codeList32)
		b = closeBlock(append(out, b...), mark, 1)
	}
	return b
}

func FuzzValue(f *testing.F) {
	for _, v := range values {
		f.Add(unhex(f, v.in))
	}
	f.Add(deep(40))
	f.Add(unhex(f, "f0 00000005 ffffffff 40"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := Value(b)
		d := decoder{buf: b}
		skipErr := d.skip(0)
		if err == nil && (skipErr != nil || len(d.buf) != len(rest)) {
			t.Errorf("decoded, but skipped with %v, %d bytes left and not %d", skipErr, len(d.buf), len(rest))
		}
		if err != nil {
			return
		}
		encoded := AppendValue(nil, v)
		again, rest, err := Value(encoded)
		if err != nil || len(rest) != 0 {
			t.Fatalf("%x: encoded to %x: %v, rest %x", b, encoded, err, rest)
		}
		if third := AppendValue(nil, again); !bytes.Equal(third, encoded) {
			t.Errorf("encoded to %x, then to %x", encoded, third)
		}
	})
}
