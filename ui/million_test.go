//go:build linux

package ui

import (
	"context"
	"flag"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/wire"
	"hubscope/ui/page"
)

var millionState = flag.String("million", "", "state folder of a hub with 1,000,000 devices, for BenchmarkMillionDevices; "+
	"its hub.db is made by go test ./hub/localhub/core -run xxx -bench MillionTwins -store FOLDER/hub.db")

// millions is a registry of devices that are made when they are read.
type millions struct {
	*registry
	n int
}

func (r millions) List(_ context.Context, l hub.Listing) ([]hub.Listed, string, error) {
	at := fixedNow.Add(-time.Hour)
	first, _ := strconv.Atoi(l.Continuation)
	var out []hub.Listed
	for _, id := range l.IDs {
		out = append(out, hub.Listed{Device: hub.Device{DeviceID: id, Status: hub.Enabled}})
	}
	if len(l.IDs) > 0 {
		return out, "", nil
	}
	until := min(r.n, first+l.Page)
	for i := first; i < until; i++ {
		out = append(out, hub.Listed{Device: hub.Device{
			DeviceID: fmt.Sprintf("device-%07d", i), Status: hub.Enabled, C2DCount: i % 7, LastActivity: at.Add(time.Duration(i*7919%3_600_000) * time.Millisecond),
		}})
	}
	next := ""
	if until < r.n {
		next = strconv.Itoa(until)
	}
	return out, next, nil
}

func (r millions) RegistryStatistics(context.Context) (hub.RegistryStatistics, error) {
	return wire.RegistryStatistics{TotalDeviceCount: int64(r.n), EnabledDeviceCount: int64(r.n)}, nil
}

// screen is the whole program without a terminal: each message is a step of Update and View together.
type screen struct {
	app     *App
	answers chan tea.Msg
	steps   []time.Duration
	busy    []time.Duration // what a step took of its processor
	kinds   []string
	text    string
}

func newScreen(ctx context.Context, s Services) *screen {
	sc := &screen{app: compose(ctx, s, Options{Theme: DarkTheme}), answers: make(chan tea.Msg, 1024)}
	sc.run(sc.app.Init())
	sc.step(tea.WindowSizeMsg{Width: 160, Height: 50})
	return sc
}

// run does what Bubble Tea does with commands.
func (s *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				s.run(c)
			}
		default:
			// A sequence of commands is of a type of Bubble Tea's own.
			if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
				for i := range v.Len() {
					s.run(v.Index(i).Interface().(tea.Cmd))
				}
				return
			}
			s.answers <- msg
		}
	}()
}

func (s *screen) step(msg tea.Msg) {
	began, used := time.Now(), processorTime()
	cmd := s.app.Update(msg)
	s.text = s.app.View().Content
	s.steps = append(s.steps, time.Since(began))
	s.busy = append(s.busy, processorTime()-used)
	kind := fmt.Sprintf("%T", msg)
	if e, ok := msg.(page.Envelope); ok {
		kind = fmt.Sprintf("%T", e.Msg)
	}
	s.kinds = append(s.kinds, kind)
	s.run(cmd)
}

func (s *screen) press(b testing.TB, keys ...rune) {
	b.Helper()
	for _, k := range keys {
		s.step(tea.KeyPressMsg{Code: k, Text: string(k)})
	}
}

// until takes answers until the screen shows a text.
func (s *screen) until(b testing.TB, text string) {
	b.Helper()
	limit := time.After(5 * time.Minute)
	for !strings.Contains(s.text, text) {
		select {
		case msg := <-s.answers:
			s.step(msg)
		case <-limit:
			b.Fatalf("there is not %q: %s", text, s.text)
		}
	}
}

// figures gives the 99th percentile and the greatest of the steps since the last call: by the clock, and by the time
// that the step itself was computing, which others on the machine do not stretch.
func (s *screen) figures(b *testing.B, name string) {
	b.Helper()
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	p99 := func(d []time.Duration) float64 { return ms(d[len(d)*99/100]) }
	worst := s.kinds[slices.Index(s.busy, slices.Max(s.busy))]
	slices.Sort(s.steps)
	slices.Sort(s.busy)
	last := len(s.steps) - 1
	b.Logf("%s: %d steps; of processor time p99 %.1f ms, at most %.1f ms (%s); by the clock p99 %.1f ms, at most %.1f ms",
		name, last+1, p99(s.busy), ms(s.busy[last]), worst, p99(s.steps), ms(s.steps[last]))
	b.ReportMetric(ms(s.busy[last]), name+"-ms/max")
	s.steps, s.busy, s.kinds = nil, nil, nil
}

// BenchmarkMillionDevices moves to the end of 1,000,000 devices and back, sorts and searches them. The figures
// to reach: no step of Update and View together over 16 ms, 120 MB of memory, first rows in 300 ms.
//
//	go test ./ui -run xxx -bench MillionDevices -benchtime 1x -million FOLDER
func BenchmarkMillionDevices(b *testing.B) {
	b.Run("made", func(b *testing.B) {
		for b.Loop() {
			r := newRegistry(&clock{now: fixedNow})
			s := services(r, newFleet(r))
			s.Registry = millions{r, 1_000_000}
			tour(b, s)
		}
	})
	b.Run("local-hub", func(b *testing.B) {
		if *millionState == "" {
			b.Skip("-million names no state folder")
		}
		h, err := localhub.Start(b.Context(), localhub.Options{StateDir: *millionState})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = h.Close(context.WithoutCancel(b.Context())) })
		client, err := hub.New(hub.Options{Target: h.Target()})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(client.Close)
		for b.Loop() {
			r := newRegistry(&clock{now: fixedNow})
			s := services(r, newFleet(r))
			s.Registry, s.Target = client, h.Target()
			tour(b, s)
		}
	})
}

// TestReadingTheRestIsStopped: esc ends what G began, what was read stays, and G goes on from there.
func TestReadingTheRestIsStopped(t *testing.T) {
	r := newRegistry(&clock{now: fixedNow})
	services := services(r, newFleet(r))
	services.Registry = millions{r, 1_000_000}
	s := newScreen(t.Context(), services)
	s.until(t, "100 of 1,000,000")
	s.press(t, 'G')
	s.until(t, "0 of 1,000,000 read")
	s.step(tea.KeyPressMsg{Code: tea.KeyEscape})
	if strings.Contains(s.text, "reading…") {
		t.Errorf("esc did not stop the reading: %s", s.text)
	}
	s.until(t, ",000 read)")
	s.press(t, 'G')
	s.until(t, "0 of 1,000,000 read")
	s.step(tea.KeyPressMsg{Code: tea.KeyEscape})
}

// TestRegistryReadOnARealHub: a policy that may not ask queries lists the identities.
func TestRegistryReadOnARealHub(t *testing.T) {
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(context.WithoutCancel(t.Context())) })
	if _, err := h.Core().CreateDevice(t.Context(), wire.Device{DeviceID: "gate-1"}); err != nil {
		t.Fatal(err)
	}
	target := h.Target()
	policy, _ := h.Core().Policy("registryRead")
	target.Service.PolicyName, target.Service.Key = policy.Name, policy.Primary
	client, err := hub.New(hub.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	r := newRegistry(&clock{now: fixedNow})
	services := services(r, newFleet(r))
	services.Registry, services.Target = client, target
	s := newScreen(t.Context(), services)
	s.until(t, "1 of 1")
	if !strings.Contains(s.text, "gate-1") || strings.Contains(s.text, "✗") {
		t.Errorf("the list is not that of the identities: %s", s.text)
	}
}

func tour(b *testing.B, services Services) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	before := heap()
	began := time.Now()
	s := newScreen(ctx, services)
	s.until(b, "100 of 1,000,000")
	b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/first-rows")
	s.figures(b, "start")

	began = time.Now()
	s.press(b, 'G')
	s.until(b, "1,000,000 of 1,000,000")
	b.ReportMetric(time.Since(began).Seconds(), "s/G")
	s.figures(b, "G")
	for range 20 {
		s.press(b, 'g', 'G', 'k', 'k', 'g', 'j')
	}
	s.figures(b, "moves")
	b.ReportMetric((heap()-before)/1e6, "MB/heap")

	s.press(b, 'o', 'o', 'o') // the last activity
	s.drain(b)
	s.figures(b, "sort")
	for _, letter := range "/dev77" {
		s.press(b, letter)
		s.drain(b)
	}
	s.figures(b, "search")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys-m.HeapReleased)/1e6, "MB/from-system")
	runtime.KeepAlive(s)
}

// drain takes answers until none comes for a while.
func (s *screen) drain(b *testing.B) {
	b.Helper()
	for {
		select {
		case msg := <-s.answers:
			s.step(msg)
		case <-time.After(400 * time.Millisecond):
			return
		}
	}
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// processorTime is what the calling thread has used.
func processorTime() time.Duration {
	const thisThread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thisThread, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
