package query_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hubscope/hub/localhub/query"
	"hubscope/hub/wire"
)

// twins is a source of a million twins that are made when they are read.
type twins struct{ n int }

func (twins) Leading() string { return "deviceId" }

func (s twins) Scan(_ context.Context, after string, n int) ([]query.Row, error) {
	from := 0
	if after != "" {
		_, _ = fmt.Sscanf(after, "d%07d", &from)
		from++
	}
	rows := make([]query.Row, 0, n)
	for i := from; i < min(from+n, s.n); i++ {
		rows = append(rows, query.TwinRow(&wire.Twin{
			DeviceID: fmt.Sprintf("d%07d", i), Status: "enabled", ConnectionState: "Disconnected",
			Tags: []byte(fmt.Sprintf(`{"site":"s%d","n":%d}`, i%100, i)),
		}))
	}
	return rows, nil
}

func (s twins) Lookup(context.Context, string, string, int) ([]query.Row, error) { return nil, nil }

// BenchmarkScan counts among a million twins by a tag. The reference, in the
// same run, only makes the rows.
func BenchmarkScan(b *testing.B) {
	source := twins{1_000_000}
	e := query.New(query.Sources{Devices: source}, []byte("key"))
	var ours, bare time.Duration
	for b.Loop() {
		began := time.Now()
		page, err := e.Query(context.Background(), "SELECT COUNT() AS n FROM devices WHERE tags.site = 's7'", 100, "")
		if err != nil || len(page.Items) != 1 {
			b.Fatal(page.Items, err)
		}
		ours += time.Since(began)
		began = time.Now()
		for after := ""; ; {
			rows, _ := source.Scan(context.Background(), after, 1024)
			if len(rows) == 0 {
				break
			}
			after = rows[len(rows)-1].Key()
		}
		bare += time.Since(began)
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/million")
	b.ReportMetric(float64(ours)/float64(bare), "of-making-the-rows")
}
