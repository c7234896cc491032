package core_test

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/sas"
	"hubscope/hub/wire"
)

var (
	devices   = flag.Int("devices", 1_000_000, "devices of BenchmarkMillionTwins")
	keptStore = flag.String("store", "", "state file of BenchmarkMillionTwins: made when it is not there, and kept")
)

// BenchmarkMillionTwins asks a hub of 1,000,000 devices with twins over HTTP. Each
// figure of a scan is given besides as the share of a bare walk, in the same run:
// one bbolt cursor over the same twins that decodes each by encoding/json. The
// figures to reach: opening under 1 s, the first page under 50 ms, heap under
// 300 MB, a scan under 5 s on two cores.
//
//	go test ./hub/localhub/core -run xxx -bench MillionTwins -benchtime 3x -store /tmp/million.db
func BenchmarkMillionTwins(b *testing.B) {
	path := *keptStore
	if path == "" {
		path = filepath.Join(b.TempDir(), "hub.db")
	}
	if _, err := os.Stat(path); err != nil {
		core.FillRegistry(b, path, *devices)
	}
	m := openMillion(b, path)
	bare := m.walk(b)
	b.Run("walk", func(b *testing.B) { b.ReportMetric(bare.Seconds(), "s/walk") })
	for _, q := range []struct {
		name, text string
		scans      bool
	}{
		{"first page", "SELECT * FROM devices", false},
		{"by deviceId", "SELECT * FROM devices WHERE deviceId = 'device-0654321'", false},
		{"by deviceIds", "SELECT * FROM devices WHERE deviceId IN ['device-0000001','device-0999999']", false},
		{"startswith", "SELECT * FROM devices WHERE STARTSWITH(deviceId, 'device-077777')", false},
		{"count all", "SELECT COUNT() AS n FROM devices", false},
		{"tag, none", "SELECT deviceId FROM devices WHERE tags.building = 'nowhere'", true},
		{"tag, some", "SELECT deviceId FROM devices WHERE tags.building = 'b999'", true},
		{"reported", "SELECT COUNT() AS n FROM devices WHERE properties.reported.firmware.version = '1.4.1' AND properties.reported.battery > 50", true},
		{"status", "SELECT COUNT() AS n FROM devices WHERE status = 'disabled' OR connectionState = 'Connected'", true},
		{"group", "SELECT tags.region, COUNT() AS n, AVG(properties.reported.battery) AS avg FROM devices GROUP BY tags.region", true},
		{"all pages of a tag", "all SELECT deviceId FROM devices WHERE tags.building IN ['b7','b77']", true},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				m.query(b, q.text)
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(each.Microseconds())/1000, "ms/query")
			if q.scans {
				b.ReportMetric(float64(each)/float64(bare), "of-bare-walk")
			}
		})
	}
	b.Run("statistics", func(b *testing.B) {
		for b.Loop() {
			m.call(b, http.MethodGet, "/statistics/devices", "", "")
		}
	})
	// Writers must not feel a scan.
	b.Run("write while it is scanned", func(b *testing.B) {
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				default:
					m.query(b, "SELECT COUNT() AS n FROM devices WHERE tags.floor = -1")
				}
			}
		}()
		var worst time.Duration
		for b.Loop() {
			began := time.Now()
			m.call(b, http.MethodPatch, "/twins/device-0000042", `{"tags":{"touched":1}}`, "")
			worst = max(worst, time.Since(began))
		}
		close(stop)
		<-done
		b.ReportMetric(float64(worst.Microseconds())/1000, "ms/worst")
	})
}

// million is an open hub behind HTTP.
type million struct {
	db     *store.DB
	server *httptest.Server
	token  string
}

// openMillion also says how long that took, and what it takes in memory after a
// first page and a scan.
func openMillion(b *testing.B, path string) *million {
	b.Helper()
	began := time.Now()
	db, err := store.Open(path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	h, err := core.Open(db, core.Options{})
	if err != nil {
		b.Fatal(err)
	}
	configurations, err := adm.Open(db, adm.Options{Hub: h, Language: selection.New(h, nil)})
	if err != nil {
		b.Fatal(err)
	}
	opened := time.Since(began)
	m := &million{db: db, server: httptest.NewServer(rest.Handler(h, rest.Options{Configurations: configurations}))}
	b.Cleanup(func() {
		m.server.Close()
		if err := errors.Join(configurations.Close(), h.Close(), db.Close()); err != nil {
			b.Error(err)
		}
	})
	policy, _ := h.Policy("iothubowner")
	token, err := sas.IoTHub("localhost", policy.Primary, policy.Name, time.Now().Add(time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	m.token = token.Reveal()
	first := time.Now()
	m.query(b, "SELECT * FROM devices")
	paged := time.Since(first)
	m.query(b, "SELECT COUNT() AS n FROM devices WHERE tags.floor = 7")
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.Run("open", func(b *testing.B) {
		b.ReportMetric(float64(opened.Microseconds())/1000, "ms/open")
		b.ReportMetric(float64(paged.Microseconds())/1000, "ms/first-page-cold")
		b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "MB/heap")
		b.ReportMetric(float64(memory.HeapSys-memory.HeapReleased)/(1<<20), "MB/heap-most")
	})
	return m
}

// query runs a text, "all" before it: to its last page.
func (m *million) query(b *testing.B, text string) {
	b.Helper()
	text, all := strings.CutPrefix(text, "all ")
	body, _ := json.Marshal(wire.QueryRequest{Query: text})
	for next := ""; ; {
		next = m.call(b, http.MethodPost, "/devices/query", string(body), next)
		if !all || next == "" {
			return
		}
	}
}

func (m *million) call(b *testing.B, method, path, body, continuation string) (next string) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), method, m.server.URL+path+"?api-version=2021-04-12", strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Authorization", m.token)
	request.Header.Set("Content-Type", "application/json")
	if continuation != "" {
		request.Header.Set(wire.HeaderContinuation, continuation)
	}
	answer, err := m.server.Client().Do(request)
	if err != nil {
		b.Error(err)
		return ""
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Errorf("%s %s: %d %.200s, %v", method, path, answer.StatusCode, text, err)
	}
	return answer.Header.Get(wire.HeaderContinuation)
}

// walk is what nothing but bbolt and encoding/json would take.
func (m *million) walk(b *testing.B) time.Duration {
	b.Helper()
	began, n := time.Now(), 0
	err := m.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("twins")).ForEach(func(_, value []byte) error {
			var twin struct {
				Tags     map[string]any `json:"t"`
				Desired  map[string]any `json:"d"`
				Reported map[string]any `json:"r"`
			}
			if twin.Tags["building"] == "nowhere" {
				n++
			}
			return json.Unmarshal(value[4:], &twin) // behind the checksum
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
