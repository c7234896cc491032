package payload

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// costly are bodies of at most 256 KB that want to be expensive.
func costly(t testing.TB) map[string]struct {
	contentType, encoding string
	body                  []byte
} {
	const size = 256 << 10
	bignum := append([]byte{0xc2, 0x5a, 0, 3, 0xff, 0xf0}, bytes.Repeat([]byte{0xff}, 0x3fff0)...)
	deep := append(bytes.Repeat([]byte{0x81}, 90), 1)
	type c = struct {
		contentType, encoding string
		body                  []byte
	}
	keys, err := cbor.Marshal(func() map[int]int {
		m := map[int]int{}
		for i := range 40_000 {
			m[i] = i
		}
		return m
	}())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]c{
		"a bomb":               {"", "gzip", zipped(t, strings.Repeat("0", MaxSize))},
		"a bomb of JSON":       {"", "gzip", zipped(t, "["+strings.Repeat("1,", MaxSize/2-2)+"1]")},
		"a bomb of bombs":      {"", "gzip, gzip", zipped(t, string(zipped(t, strings.Repeat("0", MaxSize))))},
		"many steps":           {"", strings.Repeat("utf-16,", 10_000) + "gzip", zipped(t, strings.Repeat("\x61\x00", MaxSize/2))},
		"a long number":        {"application/cbor", "", bignum},
		"many long numbers":    {"application/cbor", "", append([]byte{0x9a, 0, 0, 0, 60}, bytes.Repeat(append([]byte{0xc2, 0x59, 0x10, 0}, bytes.Repeat([]byte{0xff}, 4096)...), 60)...)},
		"nested, many":         {"application/cbor", "", append([]byte{0x9a, 0, 0, 8, 0}, bytes.Repeat(deep, 2048)...)},
		"keys":                 {"application/cbor", "", keys},
		"claims":               {"application/msgpack", "", bytes.Repeat([]byte{0xdd, 0xff, 0xff, 0xff, 0xff}, size/5)},
		"deep MessagePack":     {"application/msgpack", "", append(bytes.Repeat([]byte{0x91}, size), 1)},
		"times in MessagePack": {"application/msgpack", "", append([]byte{0xdd, 0, 0, 0x80, 0}, bytes.Repeat([]byte{0xd6, 0xff, 0, 0, 0, 1}, 0x8000)...)},
		"deep JSON":            {"", "", []byte(strings.Repeat("[", size/2) + strings.Repeat("]", size/2))},
	}
}

// TestManyStepsEnd: each step of this makes the text half as long again.
func TestManyStepsEnd(t *testing.T) {
	text := []byte(strings.Repeat("a\x00", 1000))
	got := Decode("", strings.Repeat("utf-16,", 10_000), text)
	if got.Err == nil || len(got.Steps) > maxSteps || len(got.Data) > 10*len(text) {
		t.Errorf("%d steps to %d bytes, %v", len(got.Steps), len(got.Data), got.Err)
	}
}

// BenchmarkCost is what a hostile body costs; the reference is the check that 256 KB of JSON are valid.
func BenchmarkCost(b *testing.B) {
	plain := []byte("[" + strings.Repeat("1,", 128<<10) + "1]")
	b.Run("reference-valid", func(b *testing.B) {
		for b.Loop() {
			json.Valid(plain)
		}
	})
	for name, c := range costly(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Decode(c.contentType, c.encoding, c.body)
			}
		})
	}
}
