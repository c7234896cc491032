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

func (s twins) Scan(_ context.Context, in query.Span, visit func(query.Row) bool) error {
	for i := s.at(in.From); i < s.n; i++ {
		id := fmt.Sprintf("d%07d", i)
		if in.Until != "" && id >= in.Until {
			break
		}
		row := query.TwinRow(&wire.Twin{
			DeviceID: id, Status: "enabled", ConnectionState: "Disconnected",
			Tags: []byte(fmt.Sprintf(`{"site":"s%d","n":%d}`, i%100, i)),
		})
		if !visit(row) {
			break
		}
	}
	return nil
}

func (s twins) Cut(_ context.Context, in query.Span, n int) (string, error) {
	if at := s.at(in.From) + n; at < s.n {
		return fmt.Sprintf("d%07d", at), nil
	}
	return "", nil
}

func (twins) at(key string) (at int) {
	_, _ = fmt.Sscanf(key, "d%07d", &at)
	return at
}

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
		_ = source.Scan(context.Background(), query.Span{}, func(query.Row) bool { return true })
		bare += time.Since(began)
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/million")
	b.ReportMetric(float64(ours)/float64(bare), "of-making-the-rows")
}
