package twin

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub"
	"hubscope/ui/page"
)

func TestOnlyWhatDiffersIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"site":"x","floor":2}`, `{"fan":{"on":true,"speed":3},"old":1,"$version":4,"$metadata":{}}`, `{}`))
		b := opened(t, s, "a")
		b.press("e")
		b.notSee("$version", "$metadata")
		b.editTo(`{"tags":{"site":"x","floor":3},"properties":{"desired":{"fan":{"on":true,"speed":null,"mode":"auto"}}}}`)
		b.see("● not sent", "✓ 1 changed, 1 added, 2 deleted")
		b.press("ctrl+s")
		b.see("Change the twin of a", `~   "floor": 3  (was 2)`, `-   "old": null  (was 1)`, `-     "speed": null  (was 3)`, `+     "mode": "auto"`, "still version 3")
		b.press("y")
		if len(s.writes) != 1 {
			t.Fatalf("%d writes", len(s.writes))
		}
		u := s.writes[0]
		if string(u.Tags) != `{"floor":3}` || string(u.Desired) != `{"old":null,"fan":{"speed":null,"mode":"auto"}}` || u.ETag != "etag-3" {
			t.Errorf("sent %s %s with %s", u.Tags, u.Desired, u.ETag)
		}
		b.told("twin of a changed: 1 changed, 1 added, 2 deleted")
		b.see("Version 4", "mode", `"auto"`)
		if len(b.drafts) != 0 || len(b.dialogs) != 0 {
			t.Errorf("%d drafts and %d dialogs are left", len(b.drafts), len(b.dialogs))
		}
	})
}

func TestNothingIsSentForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"site":"x"}`, `{"n":1}`, `{}`))
		b := opened(t, s, "a")
		b.editTo(`{"properties": {"desired": {"n": 1, "gone": null}}, "tags": {"site": "x"}}`)
		b.see("nothing is changed")
		b.press("ctrl+s")
		b.told("nothing is changed, so nothing is sent")
		b.editTo(`{"tags":{"site":"x"},"properties":{"desired":{"n":1},"reported":{"n":1}}}`)
		b.see("✗ line 1, column", "reported properties are written by the device only")
		b.press("ctrl+s")
		if len(b.dialogs) != 0 || len(s.writes) != 0 {
			t.Error("a text with mistakes was taken")
		}
	})
}

// A failure leaves the draft and says what to do, in the dialog and under the text.
func TestAFailedChangeKeepsTheDraft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, err := range map[string]error{
			"throttled": &hub.Error{Op: "update twin", Status: 429, Code: 429001, Name: "ThrottlingException", TrackingID: "T-2", RetryAfter: 8 * time.Second},
			"gone":      &hub.Error{Op: "update twin", Status: 404, Code: 404001, Name: "DeviceNotFound"},
			"refused":   &hub.Error{Op: "update twin", Status: 400, Code: 400004, Name: "ArgumentInvalid", Message: "no"},
			"network":   errGone,
		} {
			s := newStore(simple("a", `{"site":"x"}`, `{}`, `{}`))
			b := opened(t, s, "a")
			b.editTo(`{"tags":{"site":"y"}}`)
			s.fail(err)
			b.press("ctrl+s", "y")
			b.see("✗ ", `~   "site": "y"`)
			if last := b.reports[len(b.reports)-1]; !last.Quiet || last.Detail != err.Error() {
				t.Errorf("%s: reported %+v", name, last)
			}
			b.press("esc")
			b.see("● not sent", `"y"`, "✗ ")
			s.fail(nil)
			b.press("ctrl+s", "y")
			b.told("twin of a changed")
			if len(b.drafts) != 0 {
				t.Errorf("%s: the draft is left", name)
			}
		}
	})
}

// Who leaves the dialog while it is sent, or the device, hears of the end, and nobody else's twin is touched.
func TestLateAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"site":"x"}`, `{}`, `{}`), simple("b", `{"site":"other"}`, `{}`, `{}`))
		b := opened(t, s, "a")
		b.editTo(`{"tags":{"site":"y"}}`)
		b.press("ctrl+s")
		release := s.hold()
		b.press("y")
		b.see("… sending")
		b.press("y")
		b.press("esc")
		b.see("… sending")
		b.show("b")
		release()
		b.pass(settle)
		if len(s.writes) != 1 {
			t.Errorf("%d writes, want 1", len(s.writes))
		}
		b.told("twin of a changed: 1 changed")
		b.see("other")
		if len(b.drafts) != 0 || len(b.dialogs) != 0 {
			t.Error("the draft or the dialog is left")
		}

		b.show("a")
		b.pass(settle)
		b.editTo(`{"tags":{"site":"z"}}`)
		s.put(patched(s.twins[subject{"a", ""}], hub.TwinUpdate{Tags: []byte(`{"site":"theirs"}`)}))
		b.press("ctrl+s")
		release = s.hold()
		b.press("y", "esc")
		b.show("b")
		release()
		b.pass(settle)
		b.told("the twin of a was not changed", "somebody else", "the draft is kept")
		b.see("other")
		b.show("a")
		b.pass(settle)
		b.see("● not sent", `"z"`, "ctrl+s puts your change on")
		b.press("ctrl+s", "y")
		b.see("was changed meanwhile", "tags.site", `(was "y")`, `● mine    "z"`, `○ theirs  "theirs"`)
	})
}

// The draft of before the rebase can be taken back, and esc leaves it as it is.
func TestConflictsAreAskedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"n":1,"m":1,"k":1}`, `{}`, `{}`))
		b := opened(t, s, "a")
		b.editTo(`{"tags":{"n":2,"m":2}}`)
		s.put(patched(s.twins[subject{"a", ""}], hub.TwinUpdate{Tags: []byte(`{"n":3,"m":3,"k":9,"new":0}`)}))
		b.press("ctrl+s", "y")
		b.see("Somebody else changed what you changed", "tags.n  (was 1)", "tags.k  (was 1)", "● mine    not there", "○ theirs  9")
		b.press("esc")
		b.see(`{"tags":{"n":2,"m":2}}`)
		b.press("ctrl+s", "y", "down", "space", "enter")
		b.see("This is your change on version 4.", `~   "n": 2  (was 3)`, `-   "k": null  (was 9)`)
		b.notSee(`"m"`)
		b.press("esc")
		b.see(`"new": 0`, `"m": 3`)
		b.press("ctrl+z")
		b.see(`{"tags":{"n":2,"m":2}}`)
		b.press("ctrl+y", "ctrl+s", "y")
		if got := string(s.twins[subject{"a", ""}].Tags); got != `{"n":2,"m":3,"new":0}` {
			t.Errorf("the tags are %s", got)
		}
	})
}

func TestDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"site":"x"}`, `{"fan":{"on":true,"speed":3},"list":[1,2]}`, `{"n":1}`))
		b := opened(t, s, "a")
		b.press("j", "d")
		b.see("Delete from the twin of a", `-     "on": null  (was true)`)
		b.press("esc")
		if len(s.writes) != 0 {
			t.Error("it was sent all the same")
		}
		b.press("d", "y")
		if got := string(s.writes[0].Desired); got != `{"fan":{"on":null}}` || s.writes[0].Tags != nil {
			t.Errorf("sent %s %s", got, s.writes[0].Tags)
		}
		b.told("twin of a changed: 1 deleted")
		b.press("g", "j", "j", "j")
		b.see("properties.desired.list[0]")
		b.press("d")
		b.told("an array is changed as a whole", "e edits it")
		b.press(">", "d")
		b.told("reported properties are the device's own")

		// Somebody else has deleted it already.
		b.press(">")
		b.see("tags.site")
		b.press("d")
		s.put(patched(s.twins[subject{"a", ""}], hub.TwinUpdate{Tags: []byte(`{"site":null}`)}))
		b.press("y")
		b.told("is as it was to be already")
		b.see("no tags")
	})
}

func TestDraftsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		for i := range maxDrafts + 1 {
			s.put(simple(fmt.Sprint("d", i), `{"n":1}`, `{}`, `{}`))
		}
		b := opened(t, s, "d0")
		for i := range maxDrafts {
			b.show(fmt.Sprint("d", i))
			b.pass(settle)
			b.editTo(fmt.Sprintf(`{"tags":{"n":%d}}`, 100+i))
		}
		if got := b.Unsaved(); got != "The edits of the twins of d0, d1, d10 and 17 more are not sent" {
			t.Errorf("unsaved: %s", got)
		}
		b.show(fmt.Sprint("d", maxDrafts))
		b.pass(settle)
		b.press("e")
		b.told("20 drafts of twins are not sent yet")
		b.show("d7")
		b.pass(settle)
		b.see(`{"tags":{"n":107}}`, "● not sent")
		b.press("esc")
		b.see("is not sent", "keep the draft")
		b.press("s")
		b.see("● draft e goes on")
		b.press("e")
		b.see(`{"tags":{"n":107}}`)
		b.press("esc", "d")
		b.notSee("draft")
		b.press("e")
		b.see("nothing is changed")
		b.press("esc")
		if len(b.dialogs) > 0 || len(b.drafts) != maxDrafts-1 {
			t.Errorf("%d dialogs, %d drafts", len(b.dialogs), len(b.drafts))
		}
	})
}

// What the user's editor wrote comes back, with mistakes too.
func TestOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(simple("a", `{"n":1}`, `{}`, `{}`))
		b := opened(t, s, "a")
		written := func(text string) {
			m := b.draftFile(t)
			if err := os.WriteFile(m.path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			b.do(b.Update(backMsg{m.of, m.path, nil}))
			b.settled()
			if _, err := os.Stat(m.path); err == nil {
				t.Error("the file is left")
			}
		}
		written(`{"tags":{"n":2}}`)
		b.see("Change the twin of a", `~   "n": 2`)
		b.press("esc")
		b.see(`{"tags":{"n":2}}`)
		written("{\n")
		b.see("✗ line 1, column 2: a closing } is missing at the end")
		b.press("esc", "d")

		m := b.draftFile(t)
		text, err := os.ReadFile(m.path)
		if err != nil {
			t.Fatal(err)
		}
		b.do(b.Update(backMsg{m.of, m.path, nil}))
		b.settled()
		if b.editing() != nil || string(text) != "{\n  \"tags\": {\n    \"n\": 1\n  },\n  \"properties\": {\n    \"desired\": {}\n  }\n}" {
			t.Errorf("nothing was changed, and a draft of %q is open", text)
		}
	})
}

// draftFile asks for the editor, and gives the file that it would be started on.
func (b *bench) draftFile(t *testing.T) outsideMsg {
	t.Helper()
	m := b.editOutside()().(page.Envelope).Msg.(outsideMsg)
	if m.err != nil {
		t.Fatal(m.err)
	}
	return m
}
