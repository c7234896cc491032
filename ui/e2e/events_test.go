//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"hubscope/hub/events/recording"
)

// TestEventsArePrinted: the stream of a running hub as lines for other programs.
func TestEventsArePrinted(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	screen := u.opens(120, 36)
	screen.See("No devices yet").Press("n").See("New device").Press("enter").See("1 of 1").Press("s").See("● connected", "PropMsg_3")

	t.Run("so many", func(t *testing.T) {
		cmd := u.command("monitor-events", "device-1", "--start-time", "beginning", "--message-count", "3", "--filter", "body.windSpeed > 0")
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, said.String())
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) != 3 {
			t.Fatalf("%d lines: %s", len(lines), out)
		}
		for i, line := range lines {
			e, err := recording.Parse([]byte(line))
			if err != nil || e.DeviceID != "device-1" || e.MessageID != fmt.Sprintf("message_%d", i+1) || e.Enqueued.IsZero() || !bytes.Contains(e.Body, []byte("windSpeed")) {
				t.Errorf("%v: %s", err, line)
			}
		}
		for _, want := range []string{"connecting to localhost", "3 events printed"} {
			if !strings.Contains(said.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, said.String())
			}
		}
	})
	t.Run("for a while", func(t *testing.T) {
		said, code := u.runs(nil, "monitor-events", "--duration", "5s")
		if code != 0 || !strings.Contains(said, "connected to localhost, consumer group $Default, 4 of 4 partitions") {
			t.Errorf("exit code %d: %s", code, said)
		}
	})
	for name, end := range map[string]func(out *os.File, interrupt func()){
		"interrupted":        func(_ *os.File, interrupt func()) { interrupt() },
		"nobody reads on it": func(out *os.File, _ func()) { out.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			cmd := u.command("monitor-events", "--output", "raw")
			var said bytes.Buffer
			cmd.Stderr = &said
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			cmd.Stdout = write
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			write.Close()
			if line, err := bufio.NewReader(read).ReadString('\n'); err != nil || !strings.HasPrefix(line, `{"`) {
				t.Errorf("%q, %v", line, err)
			}
			end(read, func() { _ = cmd.Process.Signal(os.Interrupt) })
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v: %s", err, said.String())
			}
		})
	}
	t.Run("no hub", func(t *testing.T) {
		said, code := newUser(t).runs(nil, "monitor-events")
		checkSentence(t, said, []string{"no local hub runs", "name a hub with -c"})
		if code != 2 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("wrong use", func(t *testing.T) {
		for want, args := range map[string][]string{
			"--filter":     {"--filter", "body.x >"},
			`"yaml"`:       {"--output", "yaml"},
			`"secret"`:     {"--properties", "secret"},
			"one device":   {"a", "b"},
			`"soon"`:       {"--duration", "soon"},
			"--partitions": {"--partitions", "x"},
		} {
			said, code := u.runs(nil, append([]string{"monitor-events"}, args...)...)
			checkSentence(t, said, []string{want})
			if code != 2 {
				t.Errorf("%v: exit code %d", args, code)
			}
		}
	})
}

// TestRecordAndOpen: what one screen records another shows, with no hub.
func TestRecordAndOpen(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	screen := u.opens(120, 36, "--record", "wind.jsonl")
	screen.See("No devices yet").Press("n").See("New device").Press("enter").See("1 of 1").Press("s").See("● connected", "PropMsg_3")
	screen.Press("3").See("● rec").Press("x").See("Export").Press("c").See("Export as CSV").Press("enter").See("exported to events-")
	screen.Press("ctrl+c")
	if code := screen.Ended(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	offline := u.opens(120, 36, "open", "wind.jsonl")
	offline.See("▪ offline", "recording wind.jsonl", "PropMsg_3").Press("/").Type("PropMsg_2").Press("enter").See("PropMsg_2").NotSee("PropMsg_3")
	offline.Press("ctrl+c")
	if code := offline.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	said, code := u.runs(nil, "open", "nothing.jsonl")
	checkSentence(t, said, []string{"nothing.jsonl", "no such file"})
	if code != 2 {
		t.Errorf("exit code %d", code)
	}
}
