package core

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var killRounds = flag.Int("kill.rounds", 3, "how often TestKill kills a loaded hub")

// What a killed hub has acknowledged, as the first word of its lines.
const (
	ackDevice    = "device"
	ackMessage   = "message"
	ackDesired   = "desired"
	ackReported  = "reported"
	ackQueued    = "queued"
	ackCompleted = "completed"
)

// acknowledged is the last number by device and kind, counted from 1.
type acknowledged map[string]map[string]int

func (a acknowledged) note(kind, id string, n int) {
	if a[id] == nil {
		a[id] = make(map[string]int)
	}
	a[id][kind] = max(n, a[id][kind])
}

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
	all := make(acknowledged)
	for round := range *killRounds {
		after := time.Duration(50+rand.IntN(400)) * time.Millisecond
		killLoadedHub(t, path, after, all)
		checkAcknowledged(t, path, all)
		if t.Failed() {
			t.Fatalf("in round %d, killed after %v", round, after)
		}
	}
	totals := make(map[string]int)
	for _, last := range all {
		for kind, n := range last {
			totals[kind] += n
		}
	}
	for _, kind := range []string{ackMessage, ackDesired, ackReported, ackQueued, ackCompleted} {
		if totals[kind] == 0 {
			t.Errorf("no %s was acknowledged: the test tested nothing", kind)
		}
	}
	t.Logf("%d rounds: %d devices, acknowledged %v", *killRounds, len(all), totals)
}

func killLoadedHub(t *testing.T, path string, after time.Duration, all acknowledged) {
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
		var kind, id string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &kind, &id, &n); err == nil {
			all.note(kind, id, n)
		}
	}
	if err := child.Wait(); err == nil {
		t.Error("the hub ended by itself")
	}
}
