package events

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubscope/device"
	"hubscope/hub/localhub"
)

// notices are those that came; r.mu is held.
func (r *reader) notices() (all []Notice) {
	for _, s := range r.states {
		if s.Notice != nil {
			all = append(all, *s.Notice)
		}
	}
	return all
}

// A hub that is put back to an older state counts from there again: what it has now is another history.
func TestRunReadsAHubThatWasPutBack(t *testing.T) {
	s := startStation(t)
	c := s.device("wind-1")
	s.send(c, 0, 10)
	closeDevice(t, c)
	s.stop()
	older := filepath.Join(t.TempDir(), "older")
	copyDir(t, older, s.dir)
	s.start()
	o := s.options()
	o.Start = Earliest()
	r := read(t, o)
	c = s.again("wind-1")
	s.send(c, 10, 30)
	home := r.received(30)[0].Partition
	closeDevice(t, c)

	s.stop()
	r.all(Retrying)
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	copyDir(t, s.dir, older)
	s.start()
	r.received(40)
	c = s.again("wind-1")
	s.send(c, 10, 15)
	r.received(45)
	r.stop()
	if got := r.notices(); len(got) != 1 || got[0].Kind != Anew || got[0].Partition != home || got[0].From != 29 {
		t.Errorf("notices %v", got)
	}
	onceEach(t, r.events[30:], map[string]int{"wind-1": 15})
}

// The same, when it has got beyond the number where the reader was.
func TestRunReadsAHubThatWasPutBackAndHasGoneFurther(t *testing.T) {
	s := startStation(t)
	c := s.device("wind-1")
	s.send(c, 0, 10)
	closeDevice(t, c)
	s.stop()
	older := filepath.Join(t.TempDir(), "older")
	copyDir(t, older, s.dir)
	s.start()
	c = s.again("wind-1")
	o := s.options()
	p := startProxy(t, o.AMQPAddr)
	o.AMQPAddr = p.addr()
	r := read(t, o)
	r.all(Live)
	s.send(c, 10, 20)
	r.received(10)
	closeDevice(t, c)

	p.freeze()
	p.cut()
	s.stop()
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	copyDir(t, s.dir, older)
	s.start()
	s.send(s.again("wind-1"), 10, 40)
	p.thaw()
	r.received(50)
	r.stop()
	if got := r.notices(); len(got) != 1 || got[0].Kind != Anew || got[0].From != 19 {
		t.Errorf("notices %v", got)
	}
	onceEach(t, r.events[10:], map[string]int{"wind-1": 40})
}

func TestRunTellsWhatRetentionTook(t *testing.T) {
	s := startStationWith(t, localhub.Options{RetentionBytes: 8 << 20, Partitions: 2})
	c := s.device("wind-1")
	o := s.options()
	p := startProxy(t, o.AMQPAddr)
	o.AMQPAddr = p.addr()
	r := read(t, o)
	r.all(Live)
	s.send(c, 0, 10)
	last := r.received(10)[9]
	p.freeze()
	p.cut()
	body := []byte(strings.Repeat("x", 64<<10))
	const more = 400 // 25 MB, of which a partition keeps 4
	for n := 10; n < more; n += 30 {
		if err := sendEach(c, n, min(n+30, more), func(int) device.Message { return device.Message{Body: body} }); err != nil {
			t.Fatal(err)
		}
	}
	p.thaw()
	r.until("the last one is there", func() bool { return r.events[len(r.events)-1].Sequence == more-1 })
	r.stop()
	notices := r.notices()
	if len(notices) != 1 || notices[0].Kind != Gap || notices[0].From != last.Sequence+1 || notices[0].Partition != last.Partition {
		t.Fatalf("notices %v", notices)
	}
	if next := r.events[10].Sequence; next != notices[0].To+1 || int64(len(r.events)) != more-notices[0].Missing() {
		t.Errorf("%d events, the 11th is %d, after %v", len(r.events), next, notices[0])
	}
}

func copyDir(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
