package ui

import (
	"context"
	"strings"
	"time"

	"hubscope/hub"
	"hubscope/ui/uitest/trouble"
)

// listTroubles are the failures that reading the list can meet, and a word of what is said of each.
var listTroubles = map[string]string{
	"401": "refused the policy", "403": "quota", "429": "throttled", "time-out": "in time", "dropped": "was cut",
}

func listTrouble(failure string) error {
	return trouble.Of(failure, func(ctx context.Context, c *hub.Client) error {
		_, _, err := c.List(hub.TryOnce(ctx), hub.Listing{Page: 100})
		return err
	})
}

// listFailures are the list after it could not be read again, and before it was read at all.
func listFailures() []scene {
	var out []scene
	for failure, word := range listTroubles {
		out = append(out,
			scene{
				name: "list-old-" + failure, devices: fourDevices(), see: []string{"1 min old", "✗ error", word},
				play: func(s *stage) {
					selectWind1(s)
					s.registry.fail(listTrouble(failure))
					s.later(95 * time.Second)
					statusSays(s, "✗ could not list devices")
				},
			},
			scene{
				name: "list-none-" + failure, see: []string{"tries again", "✗ error", word},
				before: func(s *stage) { s.registry.fail(listTrouble(failure)) },
				play:   func(s *stage) { statusSays(s, "✗ could not list devices") },
			})
	}
	return out
}

// statusSays waits for the last line, which comes a moment after the page has said the same.
func statusSays(s *stage, words string) {
	s.Wait("the status line to say "+words, func(text string) bool {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		return strings.Contains(lines[len(lines)-1], words)
	})
}

// queryFailures are queries that failed: the text stays to be asked again.
func queryFailures() []scene {
	var out []scene
	for failure, word := range listTroubles {
		out = append(out, scene{
			name: "failed-" + failure, see: []string{"STARTSWITH", word},
			play: func(s *stage) {
				openQuery(s)
				s.registry.fail(listTrouble(failure))
				s.Type(pumpQuery).Press("enter")
			},
		})
	}
	return out
}
