package query_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hubscope/hub/localhub/query"
)

// numbered makes devices d0000, d0001 … with a few properties to ask for.
func numbered(t testing.TB, n int) *memory {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf(`{"deviceId":"d%04d","status":"enabled","tags":{"n":%d,"even":%v,"site":"s%d"},"properties":{"desired":{},"reported":{}}}`, i, i, i%2 == 0, i%7)
	}
	return documents(t, texts...)
}

// Pages of any size, put together, are the whole: nothing is left out, nothing
// comes twice, and TOP is kept.
// Protocol 2.6.2.
func TestPagesAreTheWhole(t *testing.T) {
	source := numbered(t, 500)
	e := query.New(query.Sources{Devices: source}, []byte("key"))
	rapid.Check(t, func(t *rapid.T) {
		where := rapid.SampledFrom([]string{
			"", " WHERE tags.even = true", " WHERE tags.n >= 250 AND tags.n < 300", " WHERE tags.site IN ['s1','s3']",
			" WHERE NOT tags.even = true OR tags.n = 4", " WHERE STARTSWITH(deviceId,'d03')", " WHERE deviceId IN ['d0001','d0499','none']", " WHERE tags.n > 9999",
			" WHERE deviceId > 'd0100' AND deviceId <= 'd0200'", " WHERE deviceId < 'd0003' OR STARTSWITH(deviceId,'d000') OR deviceId >= 'd0497'", " WHERE NOT deviceId < 'd0490'", " WHERE deviceId != 'd0001'",
		}).Draw(t, "where")
		top := rapid.SampledFrom([]string{"", "TOP 1 ", "TOP 7 ", "TOP 400 "}).Draw(t, "top")
		what := rapid.SampledFrom([]string{"*", "deviceId", "tags.site AS site", "COUNT() AS n"}).Draw(t, "what")
		text := "SELECT " + top + what + " FROM devices" + where
		size := rapid.IntRange(1, 120).Draw(t, "size")
		whole, _ := run(t, e, text, 1000)
		paged, _ := run(t, e, text, size)
		if !slices.Equal(whole, paged) {
			t.Fatalf("%s in pages of %d: %d items, the whole has %d", text, size, len(paged), len(whole))
		}
	})
}

// A token that was changed anywhere, or belongs to another query, is refused.
// Protocol 2.6.4.
func TestTokensCannotBeTamperedWith(t *testing.T) {
	e := query.New(query.Sources{Devices: numbered(t, 20)}, []byte("key"))
	page, err := e.Query(context.Background(), "SELECT * FROM devices", 3, "")
	if err != nil || page.Continuation == "" {
		t.Fatalf("token %q, %v", page.Continuation, err)
	}
	for i := range page.Continuation {
		changed := []byte(page.Continuation)
		changed[i] ^= 1
		if string(changed) == page.Continuation {
			continue
		}
		if next, err := e.Query(context.Background(), "SELECT * FROM devices", 3, string(changed)); err == nil {
			t.Errorf("a token changed at %d was taken and gave %d items", i, len(next.Items))
		}
	}
	if _, err := e.Query(context.Background(), "SELECT deviceId FROM devices", 3, page.Continuation); err == nil {
		t.Error("the token of another query was taken")
	}
}

// An equality on deviceId reads that device and no other.
func TestAnEqualityDoesNotScan(t *testing.T) {
	for text, most := range map[string]int64{
		"SELECT * FROM devices WHERE deviceId = 'd0042'":                        1,
		"SELECT * FROM devices WHERE deviceId IN ['d0001','d0002']":             2,
		"SELECT * FROM devices WHERE tags.even = true AND deviceId = 'd0042'":   1,
		"SELECT * FROM devices WHERE deviceId = 'd0001' OR deviceId = 'd0003'":  2,
		"SELECT * FROM devices WHERE 'd0001' = devices.deviceId":                1,
		"SELECT * FROM devices WHERE STARTSWITH(deviceId, 'd004')":              10,
		"SELECT * FROM devices WHERE deviceId >= 'd0010' AND 'd0013' > id":      3,
		"SELECT * FROM devices WHERE deviceId > 'd0490'":                        9,
		"SELECT * FROM devices WHERE deviceId <= 'd0003'":                       4,
		"SELECT * FROM devices WHERE deviceId < ''":                             0,
		"SELECT * FROM devices WHERE deviceId = 3":                              0,
		"SELECT COUNT() AS n FROM devices WHERE STARTSWITH(deviceId, 'd004')":   10,
		"SELECT * FROM devices WHERE deviceId = 'd0001' AND deviceId = 'd0002'": 0,
	} {
		source := numbered(t, 500)
		if _, _ = run(t, query.New(query.Sources{Devices: source}, []byte("key")), text, 100); source.read.Load() > most {
			t.Errorf("%s read %d rows, at most %d are needed", text, source.read.Load(), most)
		}
	}
}

// A token is good for another engine with the same key, as after a restart.
func TestTokensOutliveTheEngine(t *testing.T) {
	source := numbered(t, 50)
	for _, text := range []string{"SELECT * FROM devices", "SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site"} {
		first, err := query.New(query.Sources{Devices: source}, []byte("key")).Query(t.Context(), text, 5, "")
		if err != nil || first.Continuation == "" {
			t.Fatal(first.Continuation, err)
		}
		page, err := query.New(query.Sources{Devices: source}, []byte("key")).Query(t.Context(), text, 100, first.Continuation)
		if want := map[bool]int{true: 45, false: 2}[text == "SELECT * FROM devices"]; err != nil || len(page.Items) != want {
			t.Errorf("%s: %d items, want %d, %v", text, len(page.Items), want, err)
		}
	}
}

// A later page reads on where the last one ended.
func TestPagesDoNotReadAgain(t *testing.T) {
	source := numbered(t, 500)
	e := query.New(query.Sources{Devices: source}, []byte("key"))
	page, err := e.Query(t.Context(), "SELECT * FROM devices WHERE tags.n >= 400", 10, "")
	if err != nil || len(page.Items) != 10 {
		t.Fatal(len(page.Items), err)
	}
	source.read.Store(0)
	if _, err = e.Query(t.Context(), "SELECT * FROM devices WHERE tags.n >= 400", 10, page.Continuation); err != nil || source.read.Load() > 100 {
		t.Errorf("%d rows were read, %v", source.read.Load(), err)
	}
}

// Who does not wait any more is not worked for.
func TestScansEndWithTheirContext(t *testing.T) {
	source := numbered(t, 5000)
	for _, text := range []string{"SELECT * FROM devices WHERE tags.n < 0", "SELECT COUNT() AS n FROM devices WHERE tags.n < 0", "SELECT tags.n FROM devices GROUP BY tags.n"} {
		ctx, cancel := context.WithCancel(t.Context())
		source.read.Store(0)
		source.onRead = func(n int64) {
			if n == 100 {
				cancel()
			}
		}
		_, err := query.New(query.Sources{Devices: source}, nil).Query(ctx, text, 10, "")
		if !errors.Is(err, context.Canceled) || source.read.Load() > 1000 {
			t.Errorf("%s: %d rows were read, %v", text, source.read.Load(), err)
		}
	}
}
