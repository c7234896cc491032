package monitor

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/pflag"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/uitest"
)

// dialog is the one that a key opens.
func (f *fixture) dialog(t *testing.T, keys ...string) page.Dialog {
	t.Helper()
	for _, msg := range f.press(keys...) {
		if open, ok := msg.(page.OpenDialog); ok {
			return open.Dialog
		}
	}
	t.Fatalf("%v opens no dialog", keys)
	return nil
}

// in gives keys to a dialog and what comes of them to the page; it tells the dialog that opens next, if any.
func (f *fixture) in(d page.Dialog, keys ...string) (next page.Dialog) {
	for _, k := range keys {
		cmd, _ := d.Update(uitest.Key(k))
		for _, msg := range collect(cmd) {
			if e, ok := msg.(page.Envelope); ok {
				for _, again := range collect(f.Update(e.Msg)) {
					if open, ok := again.(page.OpenDialog); ok {
						next = open.Dialog
					}
				}
			}
		}
	}
	return next
}

// into types text into a dialog.
func into(d page.Dialog, text string) page.Dialog {
	for _, r := range text {
		d.Update(uitest.Key(string(r)))
	}
	return d
}

func shown(d page.Dialog) string { return ansi.Strip(d.View(100, 40)) }

func TestAStartIsCheckedAsItIsTyped(t *testing.T) {
	f := tab(t)
	f.take(winds(0, 30)...)
	form := f.in(f.dialog(t, "t"), "t")
	if form == nil {
		t.Fatal("t t opens no form")
	}
	if text := shown(form); !strings.Contains(text, "yesterday 14:30") {
		t.Errorf("no examples:\n%s", text)
	}
	for _, step := range []struct{ typed, says string }{
		{"1", "1 what? 1m is minutes ago"},
		{"2:00", "12:00:00"},
		{"", "ago"},
	} {
		if text := shown(into(form, step.typed)); !strings.Contains(text, step.says) {
			t.Errorf("after %q it does not say %q:\n%s", step.typed, step.says, text)
		}
	}
	f.press("/")
	f.typed("wind-3")
	f.press("enter")
	f.in(form, "enter")
	if !strings.HasPrefix(f.start.words, "from 12:00") || f.history.Kept() != 0 || f.applied.Text != "wind-3" {
		t.Errorf("starts %q with %d kept and the filter %q", f.start.words, f.history.Kept(), f.applied.Text)
	}
	if text := ansi.Strip(f.View()); !strings.Contains(text, "from 12:00") {
		t.Errorf("the head does not say where it starts:\n%s", text)
	}
}

func TestAStartThatCannotBe(t *testing.T) {
	for typed, says := range map[string]string{
		"23:59": "still to come", "#512": "p2 #512", "p7 #512": "p0 to p2", "soon": "not a time",
	} {
		f := tab(t)
		form := into(f.in(f.dialog(t, "t"), "t"), typed)
		if text := shown(form); !strings.Contains(text, says) {
			t.Errorf("%s: it does not say %q:\n%s", typed, says, text)
		}
		f.in(form, "enter")
		if f.start.key != "n" {
			t.Errorf("%s was taken", typed)
		}
	}
}

func TestASequenceNumberIsReadInItsPartition(t *testing.T) {
	f := tab(t)
	f.in(into(f.in(f.dialog(t, "t"), "t"), "p2 #512"), "enter")
	if f.start.words != "from p2 #512" || len(f.reads.partitions) != 1 || f.reads.partitions[0] != "2" {
		t.Errorf("starts %q in %v", f.start.words, f.reads.partitions)
	}
	if got := f.start.position(noon); got != events.AfterSequence(511) {
		t.Errorf("begins %v", got)
	}
}

func TestFlags(t *testing.T) {
	for line, says := range map[string]string{
		"":                                    "",
		"--start beginning --partitions 0,p2": "",
		"--start=#512":                        "p2 #512",
		"--start=#512 --partitions=1":         "",
		"--start=p2_#512":                     "",
		"--start=p2_#512 --partitions=1":      "read that one alone",
		"--start=soon":                        "not a time",
		"--partitions=a":                      "0,2",
		"--keep-events=0":                     "1 or more",
		"--keep-bytes=lots":                   "512MiB",
	} {
		var o Options
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.AddFlags(flags)
		args := strings.Fields(line)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "_", " ")
		}
		err := flags.Parse(args)
		if err == nil {
			err = o.Complete()
		}
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", line, err, says)
		}
	}
}
