package sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/device"
)

var windBody = regexp.MustCompile(`^\{"deviceId": "wind-1","windSpeed": (\d\d\.\d\d)\}$`)

func TestWind(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	least, greatest := 100.0, 0.0
	for n := 1; n <= 5000; n++ {
		m := nextWind(n, "wind-1", random)
		want := device.Message{
			MessageID: fmt.Sprint("message_", n), CorrelationID: fmt.Sprint("correlation_", n),
			ContentType: "application/json", ContentEncoding: "utf-8",
			Properties: []device.Property{{Key: "Property", Value: fmt.Sprint("PropMsg_", n)}},
			Text:       m.Text, Body: m.Body,
		}
		if diff := cmp.Diff(want, m); diff != "" {
			t.Fatal(diff)
		}
		if asText := m.Text != "" && m.Body == nil; asText != (n%2 == 1) {
			t.Fatalf("message %d: text %q, bytes %q", n, m.Text, m.Body)
		}
		found := windBody.FindSubmatch(m.Content())
		if found == nil || !json.Valid(m.Content()) {
			t.Fatalf("body %s", m.Content())
		}
		speed, _ := strconv.ParseFloat(string(found[1]), 64)
		least, greatest = min(least, speed), max(greatest, speed)
	}
	if least != 12 || greatest != 16 {
		t.Errorf("speeds from %v to %v, want 12 to 16", least, greatest)
	}
}

func TestSameSeedSameMessages(t *testing.T) {
	run := func(seed uint64, id string) (bodies []string) {
		random := newRandom(seed, id)
		for n := range 20 {
			bodies = append(bodies, string(nextWind(n, "d", random).Content()))
		}
		return bodies
	}
	if diff := cmp.Diff(run(7, "a"), run(7, "a")); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(run(7, "a"), run(8, "a")) || cmp.Equal(run(7, "a"), run(7, "b")) {
		t.Error("another seed or another device gives the same messages")
	}
}
