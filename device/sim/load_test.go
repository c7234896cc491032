package sim

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/secret"
)

// The figures to reach are for -load-devices 10000 -load-time 10m.
var (
	loadDevices = flag.Int("load-devices", 1000, "how many devices BenchmarkLoad runs")
	loadTime    = flag.Duration("load-time", 10*time.Second, "for how long")
)

// hubVariable makes the test binary serve as a local hub with so many devices, so that its memory and its time are not
// counted with the devices'.
const hubVariable = "HUBSCOPE_TEST_HUB"

const loadKey = "c2VjcmV0IGtleSBvZiB0ZW4gdGhvdXNhbmQgZGV2aWNlcw=="

// BenchmarkLoad runs devices of the built-in wind profile, listening in both directions, at a message a second each, in one
// process against the local hub in another, and reports what was lost, how late messages left, and what a device costs.
// To reach, with 10,000 devices for ten minutes on two processors: no loss, 50 ms, 60 kB.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, *loadDevices, *loadTime)
	}
	b.ReportMetric(0, "ns/op")
}

func load(b *testing.B, devices int, last time.Duration) {
	peer := startHubProcess(b, devices)
	before := memory()
	f := NewFleet(FleetOptions{Options: Options{Device: device.Options{MQTTAddr: peer.addr, TLS: peer.trust}}})
	began := time.Now()
	for i := range devices {
		cs := connstr.Device{HostName: "localhost", DeviceID: fmt.Sprint("d", i), Key: secret.New(loadKey)}
		if err := f.Start(cs); err != nil {
			b.Fatal(err)
		}
	}
	for deadline := began.Add(5 * time.Minute); f.Summary().States[Sending] < devices; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("not connected: %+v", f.Summary())
		}
	}
	b.ReportMetric(time.Since(began).Seconds(), "start-s")
	time.Sleep(5 * time.Second) // what began with the start has settled
	f.forgetTimes()
	user, first := processorTime(), f.Summary().Confirmed
	time.Sleep(last)
	sum := f.Summary()
	b.ReportMetric((processorTime()-user).Seconds()/last.Seconds()*100, "cpu-%")
	b.ReportMetric(float64(sum.Confirmed-first)/last.Seconds(), "msg/s")
	b.ReportMetric(float64(sum.ScheduleP50.Microseconds())/1e3, "late-p50-ms")
	b.ReportMetric(float64(sum.ScheduleP99.Microseconds())/1e3, "late-p99-ms")
	b.ReportMetric(float64(sum.RTTp99.Microseconds())/1e3, "rtt-p99-ms")
	b.ReportMetric(float64(memory()-before)/float64(devices)/1024, "kB/device")
	b.ReportMetric(float64(runtime.NumGoroutine())/float64(devices), "goroutines/device")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := f.Close(ctx); err != nil {
		b.Error(err)
	}
	sum = f.Summary()
	b.ReportMetric(float64(sum.Accepted+sum.Refused-sum.Confirmed), "lost")
	b.ReportMetric(float64(sum.Resent), "resent")
	if stored := peer.events(b); stored < sum.Confirmed {
		b.Errorf("%d messages were confirmed, %d are in the event log", sum.Confirmed, stored)
	}
	if sum.Failed > 0 {
		b.Logf("failed %d, refused %d of %d", sum.Failed, sum.Refused, sum.Accepted)
	}
}

// forgetTimes makes the figures begin anew, without what belongs to the start.
func (f *Fleet) forgetTimes() {
	for _, s := range f.all() {
		s.mu.Lock()
		s.record.late, s.record.rtt = histogram{}, histogram{}
		s.mu.Unlock()
	}
}

// processorTime is that of this process.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// hubProcess is a local hub in a process of its own.
type hubProcess struct {
	addr  string
	trust *tls.Config
	in    io.Writer
	out   *bufio.Reader
}

func startHubProcess(b *testing.B, devices int) hubProcess {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), hubVariable+"="+strconv.Itoa(devices), "HUBSCOPE_TEST_DIR="+b.TempDir())
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	in, err := command.StdinPipe() // its end ends the hub, however this process ends
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	p := hubProcess{in: in, out: bufio.NewReader(out)}
	line, err := p.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	addr, file, _ := strings.Cut(strings.TrimSpace(line), " ")
	pem, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	p.addr, p.trust = addr, &tls.Config{RootCAs: roots, ServerName: "localhost"}
	return p
}

// events is how many events the hub has stored.
func (p hubProcess) events(b *testing.B) uint64 {
	b.Helper()
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		b.Fatal(err)
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	n, err := strconv.ParseUint(strings.TrimSpace(line), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// serveHub is the process of the hub.
func serveHub() {
	if err := runHub(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func runHub() error {
	n, err := strconv.Atoi(os.Getenv(hubVariable))
	if err != nil {
		return err
	}
	h, err := localhub.Start(context.Background(), localhub.Options{
		StateDir: os.Getenv("HUBSCOPE_TEST_DIR"), RetentionBytes: 8 << 30,
	})
	if err != nil {
		return err
	}
	defer h.Close(context.Background())
	if err := fillHub(h, n); err != nil {
		return err
	}
	fmt.Println(h.Target().MQTTAddr, h.CAFile())
	for in := bufio.NewReader(os.Stdin); ; {
		if _, err := in.ReadString('\n'); err != nil {
			return nil
		}
		var events int64
		for p := range h.Core().Partitions() {
			info, err := h.Core().Partition(p)
			if err != nil {
				return err
			}
			events += info.Last + 1
		}
		fmt.Println(events)
	}
}

func fillHub(h *localhub.Hub, n int) error {
	service, err := hub.New(hub.Options{Target: h.Target()})
	if err != nil {
		return err
	}
	defer service.Close()
	key := secret.New(loadKey)
	for i := 0; i < n; {
		batch := make([]hub.Change, 0, hub.MaxBulk)
		for ; len(batch) < hub.MaxBulk && i < n; i++ {
			batch = append(batch, hub.Change{Mode: hub.BulkCreate, Device: hub.Device{
				DeviceID: fmt.Sprint("d", i), Auth: hub.Authentication{Type: hub.AuthSAS, Primary: key, Secondary: key},
			}})
		}
		if result, err := service.Bulk(context.Background(), batch); err != nil || !result.OK() {
			return fmt.Errorf("create devices: %+v, %w", result, err)
		}
	}
	return nil
}
