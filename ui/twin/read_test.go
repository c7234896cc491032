package twin

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/uitest"
)

func TestPollsOnlyWhatCanBeSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{}`, `{"x":1}`, `{}`), simple("b", `{}`, `{"y":2}`, `{}`))
		b := newBench(t, s)
		b.do(b.SetVisible(true))
		b.show("a")
		b.pass(settle / 2)
		b.show("b")
		b.see("Reading …")
		b.pass(settle)
		if len(s.reads) != 1 || s.reads[0].device != "b" {
			t.Fatalf("read %v, want b alone", s.reads)
		}
		b.see("Version 3", "etag-3", "y", "never reported")
		b.pass(5 * time.Second)
		if len(s.reads) != 3 {
			t.Errorf("%d reads in 5 s, want 3", len(s.reads))
		}
		b.show("b") // the list was read again
		b.do(b.SetVisible(false))
		b.pass(time.Minute)
		if len(s.reads) != 3 {
			t.Errorf("%d reads, hidden for a minute", len(s.reads)-3)
		}
		b.do(b.SetVisible(true))
		b.settled()
		if len(s.reads) != 4 {
			t.Errorf("%d reads when it is seen again, want 1", len(s.reads)-3)
		}
		b.Forget()
		b.pass(time.Minute)
		if len(s.reads) != 4 {
			t.Errorf("%d reads of what was taken away", len(s.reads)-4)
		}
	})
}

func TestChangesAreMarkedUntilTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{}`, `{}`, `{"t":20,"u":1,"$version":4}`))
		b := opened(t, s, "a")
		b.see("Reported  v4", "20")
		b.notSee("•")
		s.put(simple("a", `{}`, `{}`, `{"t":21,"u":1,"$version":5}`))
		b.pass(2 * time.Second)
		b.see("Reported  v5", "21  (was 20)", "•")
		b.pass(10 * time.Second)
		b.see("21  (was 20)", "•")
		s.put(simple("a", `{}`, `{}`, `{"t":21,"$version":6}`))
		b.pass(2 * time.Second)
		b.see("Reported  v6  −1")
		b.notSee("was 20", "•")
	})
}

func TestAFailedReadKeepsWhatIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"site":"x"}`, `{}`, `{}`))
		b := opened(t, s, "a")
		s.fail(&hub.Error{Op: "read twin", Status: 429, Code: 429001, Name: "ThrottlingException", RetryAfter: 30 * time.Second, TrackingID: "T-1"})
		b.pass(10 * time.Second)
		b.see("site", "old r reload")
		if len(s.reads) != 2 {
			t.Errorf("%d reads in 10 s, although the hub asked to wait for 30", len(s.reads)-1)
		}
		if len(b.reports) != 1 || !b.reports[0].Quiet || b.reports[0].TrackingID != "T-1" {
			t.Errorf("reported %+v", b.reports)
		}
		s.fail(nil)
		b.press("r")
		b.notSee("old")
		b.pass(4 * time.Second)
		if len(s.reads) != 5 {
			t.Errorf("%d reads, want polls as before", len(s.reads))
		}
	})
}

func TestATwinThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		b := opened(t, s, "a")
		b.see("there is no such device", "r tries again")
		b.press("e")
		b.told("the twin of a is not read yet", "r reads it")
		s.put(simple("a", `{"site":"x"}`, `{}`, `{}`))
		b.press("r")
		b.see("site")
	})
}

func TestRights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"site":"x"}`, `{}`, `{}`))
		b := opened(t, s, "a")
		b.ctx.Rights.ReadOnly = true
		for _, key := range []string{"e", "E", "d"} {
			b.reports = nil
			b.ShortHelp() // switches off what cannot be done, for the help alone
			b.press(key)
			b.told("the twin of a is not changed: hubscope was started with --read-only")
		}
		for _, k := range b.ShortHelp() {
			if h := k.Help(); k.Enabled() && (h.Key == "e" || h.Key == "E" || h.Key == "d") {
				t.Errorf("the help offers %s %s", h.Key, h.Desc)
			}
		}
		if shared := b.ctx.Keys; !shared.Edit.Enabled() || !shared.EditOutside.Enabled() || !shared.Copy.Enabled() {
			t.Error("the keys of all screens were switched off")
		}
		if b.editing() != nil || len(b.dialogs) > 0 || len(s.writes) > 0 {
			t.Error("something began that may not be")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		s.fail(&hub.Error{Op: "read twin", Status: 401, Code: 401002, Name: "IotHubUnauthorizedAccess"})
		b := opened(t, s, "a")
		if b.ctx.May(page.ReadTwins) {
			t.Error("the refusal was not learned")
		}
		b.see("the twin is not shown", "does not let this policy read twins")
		reads := len(s.reads)
		b.pass(time.Minute)
		if len(s.reads) != reads {
			t.Errorf("%d reads that may not be", len(s.reads)-reads)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"site":"x"}`, `{}`, `{}`))
		b := opened(t, s, "a")
		s.fail(&hub.Error{Op: "update twin", Status: 401, Code: 401002, Name: "IotHubUnauthorizedAccess"})
		b.editTo(`{"tags":{"site":"y"}}`)
		b.press("ctrl+s", "y")
		if b.ctx.May(page.ChangeTwins) {
			t.Error("the refusal was not learned")
		}
		b.see("✗")
	})
}

// While the list has the keys, those that it hands on are not typed into a draft.
func TestKeysOfTheListAreNotTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"n":1}`, `{"x":{"y":1}}`, `{"x":{"y":{"value":0,"ac":400,"av":7}}}`))
		b := opened(t, s, "a")
		b.press("j")
		b.see("≠ reported: 0, the device answered 400 to v7")
		b.editTo(`{"tags":{"n":2}}`)
		b.SetFocused(false)
		if _, taken := b.Press(uitest.Key("]")); taken {
			t.Error("the key of the next section was taken")
		}
		b.press("y")
		b.see("Copy of the twin of a")
		b.press("esc")
		b.see(`{"tags":{"n":2}}`)
	})
}

// Who comes back to a twin that could not be read sees it read again.
func TestReadAgainWhenSeenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		b := opened(t, s, "a")
		b.do(b.SetVisible(false))
		s.put(simple("a", `{"n":1}`, `{}`, `{}`))
		b.pass(time.Minute)
		b.do(b.SetVisible(true))
		b.settled()
		b.see("Tags", "n  1")
	})
}

var errGone = errors.New("connection reset by peer")
