package monitor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/secret"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// The hub of these figures is another process, as it is for most people: what it costs is not the monitor's.
const (
	hubEnv     = "MONITOR_TEST_HUB"      // folder of its state
	hubFillEnv = "MONITOR_TEST_HUB_FILL" // events that it has from the start
	hubRateEnv = "MONITOR_TEST_HUB_RATE" // events a second that come to it
	hubDevices = 16
	hubBody    = 256
)

// beHub is the other process. It ends with its standard input.
func beHub(dir string) error {
	signal.Ignore(os.Interrupt)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	h, err := localhub.Start(ctx, localhub.Options{StateDir: dir, RetentionBytes: 512 << 20})
	if err != nil {
		return err
	}
	defer h.Close(context.Background())
	fill, _ := strconv.Atoi(os.Getenv(hubFillEnv))
	rate, _ := strconv.Atoi(os.Getenv(hubRateEnv))
	senders, err := startSenders(ctx, h)
	if err != nil {
		return err
	}
	if err := senders.send(ctx, fill, 0); err != nil {
		return err
	}
	at := h.EventHub()
	if err := json.NewEncoder(os.Stdout).Encode([]string{at.Endpoint, at.Host, at.EntityPath, at.PolicyName, at.Key.Reveal()}); err != nil {
		return err
	}
	if rate > 0 {
		go func() { _ = senders.send(ctx, 1<<40, rate) }()
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

type senders []*device.Client

func startSenders(ctx context.Context, h *localhub.Hub) (all senders, err error) {
	target := h.Target()
	registry, err := hub.New(hub.Options{Target: target})
	if err != nil {
		return nil, err
	}
	defer registry.Close()
	for i := range hubDevices {
		made, err := registry.CreateDevice(ctx, hub.Device{DeviceID: fmt.Sprintf("wind-%02d", i)})
		if err != nil {
			return nil, err
		}
		c, err := device.New(target.Service.ForDevice(made.DeviceID, made.Auth.Primary), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
		if err != nil {
			return nil, err
		}
		if err := c.Connect(ctx); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// send sends n events at a rate; 0 is as fast as it goes.
func (s senders) send(ctx context.Context, n, rate int) error {
	const window = 200
	failed := make(chan error, len(s))
	for _, c := range s {
		go func() { failed <- sendSome(ctx, c, n/len(s), window, float64(rate)/float64(len(s))) }()
	}
	var err error
	for range s {
		if e := <-failed; e != nil {
			err = e
		}
	}
	return err
}

func sendSome(ctx context.Context, c *device.Client, n, window int, rate float64) error {
	filler := bytes.Repeat([]byte("x"), hubBody-40)
	began := time.Now()
	for sent := 0; sent < n && ctx.Err() == nil; {
		if rate > 0 {
			due := int(time.Since(began).Seconds()*rate) - sent
			if due <= 0 {
				time.Sleep(5 * time.Millisecond)
				continue
			}
			window = min(200, due)
		}
		receipts := make([]*device.Receipt, 0, window)
		for range min(window, n-sent) {
			body := fmt.Appendf(nil, `{"windSpeed":%4.1f,"n":%10d,"text":"%s"}`, float64(sent%200)/10, sent, filler)
			r, err := c.Send(device.Message{Body: body, ContentType: "application/json", ContentEncoding: "utf-8"})
			if err != nil {
				return err
			}
			receipts = append(receipts, r)
			sent++
		}
		for _, r := range receipts {
			<-r.Done()
			if err := r.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// startHub starts the other process, with so many events in it, and gives its endpoint when all are there.
func startHub(tb testing.TB, fill, rate int) connstr.EventHub {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), hubEnv+"="+tb.TempDir(), fmt.Sprintf("%s=%d", hubFillEnv, fill), fmt.Sprintf("%s=%d", hubRateEnv, rate))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		tb.Fatal(err)
	}
	var said []string
	if err := json.Unmarshal(line, &said); err != nil {
		tb.Fatal(err)
	}
	return connstr.EventHub{Endpoint: said[0], Host: said[1], EntityPath: said[2], PolicyName: said[3], Key: secret.New(said[4]), Emulator: true}
}

// A screen is the page in a real program, on a terminal that shows nothing.
type screen struct {
	*Page
	program *tea.Program
	limit   uint64
	done    chan struct{} // closed when so many events are kept, or fell out
	reached bool
	took    []time.Duration // of each update with the view after it
	updated time.Duration
}

func newScreen(ctx context.Context, o Options, visible bool, limit uint64, out io.Writer) *screen {
	p := New(page.NewContext(ctx, theme.Dark), o)
	p.SetVisible(visible)
	s := &screen{Page: p, limit: limit, done: make(chan struct{})}
	s.program = tea.NewProgram(s, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(out), tea.WithWindowSize(200, 56), tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}), tea.WithoutSignalHandler())
	return s
}

// run shows the screen until ctx ends.
func (s *screen) run() {
	_, _ = s.program.Run()
	s.Page.Close()
}

func (s *screen) Init() tea.Cmd { return s.Page.Init() }

func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	began := time.Now()
	defer func() { s.updated = time.Since(began) }()
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		s.SetSize(m.Width, m.Height)
		return s, nil
	case page.Envelope:
		if _, gen := s.Address(); m.Generation != 0 && m.Generation != gen {
			return s, nil
		}
		msg = m.Msg
	}
	cmd := s.Page.Update(msg)
	if !s.reached && s.limit > 0 && s.history.End()+s.stats.dropped >= s.limit {
		s.reached = true
		close(s.done)
	}
	return s, cmd
}

// View is that of a page that is not seen, where it is not: the program draws another one.
func (s *screen) View() tea.View {
	began := time.Now()
	text := "another page"
	if s.visible {
		text = s.Page.View()
	}
	s.took = append(s.took, s.updated+time.Since(began))
	return tea.NewView(text)
}

// discard is a terminal that takes everything and tells when a text is written to it.
type discard struct {
	mu    sync.Mutex
	want  []byte
	seen  chan time.Time
	bytes int64
}

func (d *discard) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bytes += int64(len(b))
	if d.want != nil && bytes.Contains(b, d.want) {
		d.want = nil
		d.seen <- time.Now()
	}
	return len(b), nil
}

// expect makes the next write that has the text tell its time.
func (d *discard) expect(text string) <-chan time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.want, d.seen = []byte(text), make(chan time.Time, 1)
	return d.seen
}
