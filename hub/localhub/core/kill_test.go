package core

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/localhub/store"
	"hubscope/hub/wire"
)

var killRounds = flag.Int("kill.rounds", 3, "how often TestKill kills a loaded hub")

// killedHub is the environment variable that makes the test binary a hub under
// load, on the file that it names.
const killedHub = "HUBSCOPE_TEST_KILLED_HUB"

// TestKill kills a loaded hub at random moments, again and again on the same
// file: what was acknowledged is there, once and in order.
//
//	go test ./hub/localhub/core -run TestKill -kill.rounds 100
func TestKill(t *testing.T) {
	if path := os.Getenv(killedHub); path != "" {
		runKilledHub(path)
		return
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	acknowledged := make(map[string]int) // the last message by device, counted from 1
	for round := range *killRounds {
		after := time.Duration(50+rand.IntN(400)) * time.Millisecond
		killLoadedHub(t, path, after, acknowledged)
		checkAcknowledged(t, path, acknowledged)
		if t.Failed() {
			t.Fatalf("in round %d, killed after %v", round, after)
		}
	}
	total := 0
	for _, n := range acknowledged {
		total += n
	}
	if total == 0 {
		t.Error("nothing was acknowledged: the test tested nothing")
	}
	t.Logf("%d rounds: %d devices, %d messages acknowledged", *killRounds, len(acknowledged), total)
}

func killLoadedHub(t *testing.T, path string, after time.Duration, acknowledged map[string]int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKill$")
	child.Env = append(os.Environ(), killedHub+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var kill *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if kill == nil { // from the first acknowledgement on
			kill = time.AfterFunc(after, func() { _ = child.Process.Kill() })
		}
		var id string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &id, &n); err == nil {
			acknowledged[id] = max(n, acknowledged[id])
		}
	}
	if err := child.Wait(); err == nil {
		t.Error("the hub ended by itself")
	}
}

// runKilledHub creates devices and sends with them for ever; a line is written
// when something was acknowledged: "id 0" for the device, "id n" for message n.
func runKilledHub(path string) {
	db, err := store.Open(path, store.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	h, err := Open(db, Options{RetentionBytes: 1 << 40})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var out sync.Mutex
	acknowledge := func(id string, n int) {
		out.Lock()
		defer out.Unlock()
		fmt.Printf("%s %d\n", id, n)
	}
	var running sync.WaitGroup
	for worker := range 8 {
		running.Go(func() { loadHub(h, fmt.Sprintf("device-%d-%d", worker, time.Now().UnixNano()), acknowledge) })
	}
	running.Wait()
}

func loadHub(h *Hub, id string, acknowledge func(string, int)) {
	if _, err := h.CreateDevice(context.Background(), wire.Device{DeviceID: id}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	acknowledge(id, 0)
	s, err := h.Connect(context.Background(), SessionInfo{ID: ID{Device: id}}, func(error) {})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	window := make(chan struct{}, 16)
	for n := 1; ; n++ {
		window <- struct{}{}
		s.Send(Message{Body: fmt.Appendf(nil, "%s %d", id, n)}, func(err error) {
			if err == nil {
				acknowledge(id, n)
			}
			<-window
		})
	}
}

// checkAcknowledged opens the file after a kill and counts.
func checkAcknowledged(t *testing.T, path string, acknowledged map[string]int) {
	t.Helper()
	db, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(db, Options{RetentionBytes: 1 << 40})
	if err != nil {
		t.Fatal(errors.Join(err, db.Close()))
	}
	defer closeHub(t, h)
	found := storedMessages(t, h)
	for id, n := range acknowledged {
		if _, err := h.Device(id); err != nil {
			t.Errorf("device %s was acknowledged: %v", id, err)
		}
		if found[id] < n {
			t.Errorf("device %s: message %d was acknowledged, the last one stored is %d", id, n, found[id])
		}
	}
	devices, err := h.Devices("", 1_000_000)
	if err != nil || int64(len(devices)) != h.RegistryStatistics().TotalDeviceCount {
		t.Errorf("%d devices, %v, statistics %+v", len(devices), err, h.RegistryStatistics())
	}
}

// storedMessages reads the whole log and checks that each device's messages are
// complete and in order. It returns the last of each.
func storedMessages(t *testing.T, h *Hub) map[string]int {
	t.Helper()
	last := make(map[string]int)
	for p := range h.Partitions() {
		info, err := h.Partition(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, record := range read(t, h, p, Position{Kind: Earliest}, int(info.Last-info.Begin+1)) {
			var m amqp.Message
			if err := m.UnmarshalBinary(record.Payload); err != nil {
				t.Fatal(err)
			}
			id, text, _ := strings.Cut(string(m.GetData()), " ")
			var n int
			if _, err := fmt.Sscan(text, &n); err != nil || n != last[id]+1 || record.Sequence != info.Begin+int64(i) {
				t.Fatalf("partition %d, sequence %d: %q after %d (%v)", p, record.Sequence, m.GetData(), last[id], err)
			}
			last[id] = n
		}
	}
	return last
}
