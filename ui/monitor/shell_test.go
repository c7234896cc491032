package monitor_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/cli"
	"hubscope/ui/monitor"
	"hubscope/ui/monitor/history"
)

// TestOwnCommandParses has a shell take the command line apart that the copy menu offers, and the command itself read
// the words.
func TestOwnCommandParses(t *testing.T) {
	const began = "2026-11-22T14:30:00.123456789Z"
	at, err := time.Parse(time.RFC3339Nano, began)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ device, group string }{
		{"wind-1", ""},
		{"wind-1", "$Default"},
		{"wind-1", "my group's"},
		{"-d", "other"},
		{"--help", ""},
		{"a b;rm $HOME 'x' \"y\"`z`\\", "$x"},
		{"Wind*?[1]#!&|(<世界>)", ""},
		{"~", "~"},
	} {
		e := history.Event{Event: events.Event{DeviceID: c.device, Partition: "1", Enqueued: at}}
		line := monitor.OwnCommand(&e, c.group)
		out, err := exec.Command("sh", "-c", `printf '%s\0' `+line).Output()
		if err != nil {
			t.Errorf("%s: the shell does not take it: %v", line, err)
			continue
		}
		words := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		command, rest, err := cli.Root("test").Find(words[1:])
		if err != nil || command.Name() != "monitor-events" {
			t.Errorf("%s: it is not the command: %v", line, err)
			continue
		}
		if err := command.ParseFlags(rest); err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		args := command.Flags().Args()
		if err := command.ValidateArgs(args); err != nil || len(args) != 1 || args[0] != c.device {
			t.Errorf("%s: it names %q, want %q: %v", line, args, c.device, err)
		}
		if !command.Flags().Changed("start-time") {
			t.Errorf("%s: no start", line)
		}
		if group, want := command.Flag("consumer-group").Value.String(), c.group; want != "" && group != want {
			t.Errorf("%s: group %q, want %q", line, group, want)
		}
	}
}
