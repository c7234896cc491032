package monitor

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hubscope/hub/events"
	"hubscope/ui/page"
)

func TestAnotherGroup(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 30)...)
	d := f.dialog(t, "c")
	if text := shown(d); !strings.Contains(text, "● $Default") || !strings.Contains(text, "[x] p2  live") {
		t.Errorf("not as it is:\n%s", text)
	}
	f.in(d, "down")
	into(d, "a/b")
	f.in(d, "enter")
	if text := shown(d); !strings.Contains(text, "up to 50 letters") || f.reads.group != "$Default" {
		t.Errorf("a/b was taken for a group:\n%s", text)
	}
	f.in(d, "backspace", "backspace")
	into(d, "nalytics")
	f.in(d, "enter")
	if f.reads.group != "analytics" || f.history.Kept() != 30 {
		t.Errorf("reads in %q, %d kept", f.reads.group, f.history.Kept())
	}
	if text := ansi.Strip(f.View()); !strings.Contains(text, "analytics") {
		t.Errorf("the head does not say the group:\n%s", text)
	}
	// It can be picked from now on.
	d = f.dialog(t, "c")
	if text := shown(d); !strings.Contains(text, "● analytics") || !strings.Contains(text, "○ $Default") {
		t.Errorf("what was used before is not offered:\n%s", text)
	}
	f.in(d, "up", "enter")
	if f.reads.group != "$Default" {
		t.Errorf("reads in %q", f.reads.group)
	}
}

func TestSomePartitions(t *testing.T) {
	f := tab(t)
	d := f.dialog(t, "c")
	f.in(d, "down", "down", "space", "enter") // all, off
	if text := shown(d); !strings.Contains(text, "choose one partition or more") || !strings.Contains(text, "[ ] p0") {
		t.Errorf("no partition was taken:\n%s", text)
	}
	f.in(d, "down", "space", "down", "down", "space", "enter") // p0 and p2
	if got := strings.Join(f.reads.partitions, ","); got != "0,2" {
		t.Fatalf("reads partitions %q", got)
	}
	if !strings.Contains(ansi.Strip(f.View()), "2 partitions") {
		t.Error("the head does not say how many are read")
	}
	d = f.dialog(t, "c")
	if text := shown(d); !strings.Contains(text, "[x] p0") || !strings.Contains(text, "[ ] p1") {
		t.Errorf("not as it is:\n%s", text)
	}
	f.in(d, "down", "down", "down", "down", "space", "enter") // p1 too: that is all
	if len(f.reads.partitions) != 0 {
		t.Errorf("reads partitions %v, want all", f.reads.partitions)
	}
}

func TestTheOwnerLevelWarns(t *testing.T) {
	f := tab(t)
	d := f.dialog(t, "c")
	f.in(d, "up") // the last row
	if strings.Contains(shown(d), "thrown off") {
		t.Error("warns of what is not asked for")
	}
	f.in(d, "right", "right", "right", "left")
	if text := shown(d); !strings.Contains(text, "thrown off") || !strings.Contains(text, "up to 1") {
		t.Errorf("no warning:\n%s", text)
	}
	f.in(d, "enter")
	if f.reads.level == nil || *f.reads.level != 1 {
		t.Fatalf("owner level %v", f.reads.level)
	}
	if !strings.Contains(ansi.Strip(f.View()), "owner level 1") {
		t.Error("the head does not say the owner level")
	}
	d = f.dialog(t, "c")
	f.in(d, "up", "left", "left", "left", "enter")
	if f.reads.level != nil {
		t.Errorf("owner level %d is left", *f.reads.level)
	}
}

func TestEveryErrorOfTheGroupLeadsToTheGroup(t *testing.T) {
	for _, kind := range []error{events.ErrStolen, events.ErrTooManyReceivers, events.ErrConsumerGroup} {
		f := tab(t)
		f.take(winds(0, 30)...)
		if len(f.press("g")) != 0 { // moves
			t.Error("g opens something while all is well")
		}
		f.Update(endedMsg{&events.Error{Kind: kind, Subject: "1"}})
		if text := ansi.Strip(f.View()); !strings.Contains(text, "g chooses another group") {
			t.Errorf("%v: the line does not say the key:\n%s", kind, text)
		}
		if title := f.dialog(t, "g").Title(); title != "Read events in" {
			t.Errorf("g opens %q", title)
		}
	}
}

func TestWebSocketIsOfferedWhereThePortIsClosed(t *testing.T) {
	f := tab(t)
	f.press("w")
	if f.reads.webSocket {
		t.Fatal("w does something while all is well")
	}
	f.Update(statesMsg{[]events.PartitionState{{Partition: "0", Phase: events.Retrying, RetryIn: time.Second, Err: &events.Error{Kind: events.ErrUnreachable, Subject: "my-hub"}}}})
	if text := helpText(f); !strings.Contains(text, "try WebSocket") {
		t.Errorf("the help does not offer it: %s", text)
	}
	f.press("w")
	if !f.reads.webSocket || !strings.Contains(ansi.Strip(f.View()), "by WebSocket") {
		t.Error("w does not read by WebSocket, or does not say so")
	}
	f.Update(statesMsg{[]events.PartitionState{{Phase: events.Retrying, RetryIn: time.Second, Err: &events.Error{Kind: events.ErrUnreachable, Subject: "my-hub"}}}})
	if text := helpText(f); !strings.Contains(text, "w try port 5671") {
		t.Errorf("the help does not offer the way back: %s", text)
	}
	if f.press("w"); f.reads.webSocket {
		t.Error("w does not go back")
	}
}

func helpText(f *fixture) string {
	var texts []string
	for _, b := range f.ShortHelp() {
		texts = append(texts, b.Help().Key+" "+b.Help().Desc)
	}
	return strings.Join(texts, ", ")
}

func TestResumeReadsEachPartitionFromItsOwnLastEvent(t *testing.T) {
	f := tab(t)
	var opened []Reading
	f.o.Open = func(what Reading) (Source, error) { opened = append(opened, what); return nil, errLost }
	f.take(winds(0, 30)...)
	collect(f.resume())
	if len(opened) != 1 || len(opened[0].Starts) != 3 {
		t.Fatalf("opened %+v", opened)
	}
	for id, at := range opened[0].Starts {
		if at != events.At(f.seen[id].enqueued) {
			t.Errorf("partition %s goes on %v", id, at)
		}
	}
}

func TestAPlaceIsThatOfItsPartitionAlone(t *testing.T) {
	f := tab(t)
	var opened []Reading
	f.o.Open = func(what Reading) (Source, error) { opened = append(opened, what); return nil, errLost }
	f.in(into(f.in(f.dialog(t, "t"), "t"), "p2 #512"), "enter")
	f.in(f.dialog(t, "c"), "down", "down", "space", "enter") // all partitions
	if len(opened) != 2 {
		t.Fatalf("opened %+v", opened)
	}
	if first := opened[0]; first.Start != events.AfterSequence(511) || len(first.Partitions) != 1 {
		t.Errorf("first %+v", first)
	}
	if then := opened[1]; then.Start != events.At(f.started) || then.Starts["2"] != events.AfterSequence(511) || len(then.Partitions) != 0 {
		t.Errorf("then %+v", then)
	}
}

func TestDetails(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 30)...)
	f.second()
	f.Update(statesMsg{[]events.PartitionState{
		{Partition: "1", Phase: events.Retrying, RetryIn: 8 * time.Second, Attempt: 3, Err: errLost, Total: 3},
		{Partition: "2", Phase: events.CatchingUp, Behind: 12_400, BehindTime: 3 * time.Minute, Total: 3},
	}})
	d := f.dialog(t, "i")
	text := shown(d)
	for _, want := range []string{"● live", "↻ retry in 8 s, attempt 3", "↓ catching up, 3 min", "12,400", "the connection to localhost was lost", "30 of 100,000 events kept", "r tries at once"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	f.live(3)
	if text := shown(d); strings.Contains(text, "retry") || !strings.Contains(text, "last error") {
		t.Errorf("it does not go along:\n%s", text)
	}
}

func TestAGapIsTold(t *testing.T) {
	f := tab(t)
	var reports []page.Report
	f.feed.states.Close()
	for _, msg := range collect(f.Update(statesMsg{[]events.PartitionState{{
		Partition: "1", Phase: events.Live, Total: 3,
		Notice: &events.Notice{Kind: events.Gap, Partition: "1", Time: noon, From: 100, To: 411},
	}}})) {
		if r, is := msg.(page.Report); is {
			reports = append(reports, r)
		}
	}
	if len(reports) != 1 || !strings.Contains(reports[0].Text, "312 events of partition 1 are missing") {
		t.Errorf("reported %+v", reports)
	}
	if text := ansi.Strip(f.View()); !strings.Contains(text, "312 missing") {
		t.Errorf("not counted:\n%s", text)
	}
	if text := shown(f.dialog(t, "i")); !strings.Contains(text, "sequence numbers 100 to 411") {
		t.Errorf("not in the details:\n%s", text)
	}
}
