package cli_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"hubscope/device/sim/profile"
)

// The profile in the README is what a newcomer begins with.
func TestProfileOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "## Simulated devices\n")
	if !found {
		t.Fatal("the README has no section about simulated devices")
	}
	var text strings.Builder
	for line := range strings.Lines(section) {
		code, isCode := strings.CutPrefix(line, "    ")
		if !isCode && text.Len() > 0 {
			break
		}
		if isCode {
			text.WriteString(code)
		}
	}
	p, err := profile.Parse("buoy.toml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	messages, err := p.Preview("buoy-1", 1, time.Unix(0, 0), 50)
	if err != nil || len(messages) != 50 {
		t.Fatalf("%d messages, error %v", len(messages), err)
	}
	alarms := map[string]int{}
	for _, m := range messages {
		alarms[m.Message.Properties[0].Value]++
	}
	if alarms["high"] == 0 || alarms["none"] == 0 {
		t.Errorf("alarms %v", alarms)
	}
	if a, known, err := p.NewDevice("buoy-1", 1).Method("temperature", nil, time.Unix(0, 0)); !known || err != nil || !strings.Contains(string(a.Payload), `"celsius":13.0,"fahrenheit":55.4`) {
		t.Errorf("answer %s, error %v", a.Payload, err)
	}
}
