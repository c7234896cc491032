//go:build unix

package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	service "hubscope/hub"
	"hubscope/ui/widget"
)

// makesMany makes devices gate-001 and so on.
func (w watched) makesMany(t *testing.T, n int) {
	t.Helper()
	var changes []service.Change
	for i := range n {
		changes = append(changes, service.Change{Mode: service.BulkCreate, Device: service.Device{DeviceID: fmt.Sprintf("gate-%03d", i+1)}})
	}
	for part := range slices.Chunk(changes, service.MaxBulk) {
		if result, err := w.client.Bulk(t.Context(), part); err != nil || !result.OK() {
			t.Fatal(result, err)
		}
	}
}

func (w watched) faults(t *testing.T, all ...service.Fault) {
	t.Helper()
	if _, err := w.client.SetFaults(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
}

var deletedAndLeft = regexp.MustCompile(`(\d+) devices deleted, (\d+) left`)

// TestDeleteManyWithAHubInTrouble: a throttled hub is waited for, esc ends the wait, and what was not deleted is named,
// stays marked, and is deleted by the next try. A simulated device among them is stopped first.
func TestDeleteManyWithAHubInTrouble(t *testing.T) {
	t.Parallel()
	const all = 350
	running := hub(t, newUser(t))
	watched{client: serviceOf(t, running)}.makesMany(t, all)
	w := watch(t, running)
	w.See("▸ gate-001").Press("s").See("● connected", "● sending")
	w.Press("G").See("▸ gate-350", "350 of 350").Press("g").See("▸ gate-001")
	w.Press(slices.Repeat([]string{"space"}, all)...).See("350 marked", "delete 350", "▸ gate-350")
	w.Press("d").See("1 simulated device of them", "gate-001, gate-002", " more")

	// 429: it is told, waited for, and goes on by itself.
	w.faults(t, service.Fault{Kind: service.FaultThrottle, Operation: "registry", RetryAfter: time.Second})
	w.AnswerWord("350", "Delete 350 devices?", "enter: delete").See("Deleting devices", "0 of 350", "the hub asks for patience, next try in")
	w.faults(t, service.Fault{Kind: service.FaultLatency, Operation: "registry", Delay: 500 * time.Millisecond})
	w.See("100 of 350: 100 devices deleted")

	// It is throttled again, for long this time: esc does not wait for it.
	w.faults(t, service.Fault{Kind: service.FaultThrottle, Operation: "registry", RetryAfter: time.Minute})
	w.See("the hub asks for patience, next try in")
	w.Press("esc").See("Not all deleted", "Left: gate-", "stay marked: d tries them again", "esc close")
	left := w.left(t, all)
	w.Press("esc").NotSee("esc close").See(widget.Count(left) + " marked")
	w.Press("J").See("Journal", fmt.Sprintf("%d devices deleted, %d left", all-left, left), "d goes on with those that are left").Press("esc").NotSee("Journal")

	// 401, 403 and dropped end it; nothing is lost but time.
	for _, failure := range []string{"401", "403", "dropped"} {
		w.faults(t, failing(failure, "")...)
		w.Press("d").AnswerWord(strconv.Itoa(left), "Delete "+strconv.Itoa(left)+" devices?", "enter: delete")
		w.See("Not all deleted", failureSays[failure], "Left: gate-", "esc close").Press("esc").NotSee("esc close")
	}

	// The rest goes when the hub is well again.
	w.faults(t)
	w.Press("d").AnswerWord(strconv.Itoa(left), "Delete "+strconv.Itoa(left)+" devices?", "enter: delete")
	w.See(strconv.Itoa(left)+" devices deleted", "No devices yet").Press("2").See("gate-001", "stopped").Press("q")
	if code := w.Ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// left is how many are left when a deletion was stopped: as many as the hub has, and those that it says.
func (w watched) left(t *testing.T, all int) int {
	t.Helper()
	said := deletedAndLeft.FindStringSubmatch(w.Text())
	if said == nil {
		t.Fatalf("it is not said how many are left:\n%s", w.Text())
	}
	deleted, _ := strconv.Atoi(said[1])
	left, _ := strconv.Atoi(said[2])
	there, err := w.client.RegistryStatistics(t.Context())
	if err != nil || deleted+left != all || there.TotalDeviceCount != int64(left) {
		t.Errorf("%d deleted and %d left of %d, the hub has %d, %v", deleted, left, all, there.TotalDeviceCount, err)
	}
	if first := fmt.Sprintf("Left: gate-%03d", deleted+1); !strings.Contains(w.Text(), first) {
		t.Errorf("there is no %q on the screen", first)
	}
	return left
}
