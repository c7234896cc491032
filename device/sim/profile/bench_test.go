package profile

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"time"

	"hubscope/device"
)

func BenchmarkNext(b *testing.B) {
	for _, name := range []string{"wind", "thermostat", "pump", "tracker"} {
		b.Run(name, func(b *testing.B) {
			p, _ := Builtin(name)
			d := p.NewDevice("dev-1", 1)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				_, _ = d.Next(0, start.Add(time.Duration(i)*time.Second))
			}
		})
	}
	b.Run("json.Marshal of as much", func(b *testing.B) { // the reference
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n++
			_, _ = json.Marshal(asMuch{
				MessageID: "message_" + strconv.Itoa(n), CorrelationID: "correlation_" + strconv.Itoa(n),
				Properties: []device.Property{{Key: "Property", Value: "PropMsg_" + strconv.Itoa(n)}},
				DeviceID:   "dev-1", WindSpeed: math.Round(rand.Float64()*400)/100 + 12,
			})
		}
	})
}

// asMuch is what a message of the wind has.
type asMuch struct {
	MessageID, CorrelationID string
	Properties               []device.Property
	DeviceID                 string
	WindSpeed                float64
}

// Next does nothing that makes work for the collector but the message itself: the texts, the properties, the bytes.
func TestAllocations(t *testing.T) {
	for name, most := range map[string]float64{"wind": 3, "thermostat": 6, "pump": 9, "tracker": 10} {
		p, _ := Builtin(name)
		d := p.NewDevice("dev-1", 1)
		i := 0
		got := testing.AllocsPerRun(500, func() {
			i++
			_, _ = d.Next(0, start.Add(time.Duration(i)*time.Second))
		})
		if got > most && !raceDetector {
			t.Errorf("%s: %v allocations a message, want at most %v", name, got, most)
		}
	}
}

func TestMemoryOfDevices(t *testing.T) {
	for _, p := range Builtins() {
		const n = 10_000
		heap := func() uint64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := heap()
		all := make([]*Device, n)
		for i := range all {
			all[i] = p.NewDevice(fmt.Sprint("dev-", i), 1)
			if len(p.Messages) < 5 { // chaos would make 10,000 great bodies
				_, _ = all[i].Next(0, start)
			}
		}
		each := (heap() - before) / n
		runtime.KeepAlive(all)
		t.Logf("%s: %d bytes a device", p.Name, each)
		if each > 2048 {
			t.Errorf("%s: %d bytes a device, want at most 2048", p.Name, each)
		}
	}
}

func TestDeterminism(t *testing.T) {
	for _, p := range Builtins() {
		first, err := p.Preview("a", 7, start, 30)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Preview("b", 7, start, 5); err != nil {
			t.Fatal(err)
		}
		again, err := p.Preview("a", 7, start, 30)
		if err != nil || fmt.Sprint(first) != fmt.Sprint(again) {
			t.Errorf("%s: the same seed gives other messages: %v", p.Name, err)
		}
		if other, _ := p.Preview("a", 8, start, 30); fmt.Sprint(first) == fmt.Sprint(other) {
			t.Errorf("%s: another seed gives the same messages", p.Name)
		}
	}
	if len(Builtins()) != len(builtinNames) {
		t.Errorf("%d profiles are built in", len(Builtins()))
	}
}
