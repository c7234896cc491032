package ui

import (
	"fmt"
	"slices"
	"testing"

	"hubscope/hub"
	"hubscope/ui/uitest"
	"hubscope/ui/uitest/trouble"
)

// TestBoxes are the frames of the boxes that change and delete identities, and of each failure in them.
func TestBoxes(t *testing.T) {
	t.Parallel()
	for _, sc := range slices.Concat(identityScenes(), removeScenes()) {
		for _, theme := range []ThemeChoice{DarkTheme, LightTheme, MonoTheme} {
			for _, size := range uitest.Sizes {
				if theme != DarkTheme && size != uitest.Sizes[1] {
					continue
				}
				t.Run(fmt.Sprintf("%s-%s-%dx%d", sc.name, theme, size.Width, size.Height), func(t *testing.T) {
					t.Parallel()
					sc.run(t, theme, size)
				})
			}
		}
	}
}

// openChanges shows what of the identity of wind-1 can be changed.
func openChanges(s *stage) {
	selectWind1(s)
	s.Press("enter", "e").See("Change wind-1", "Swap the keys")
}

// askReason begins to disable wind-1.
func askReason(s *stage) {
	openChanges(s)
	s.Press("d").See("Reason", "128 characters left").Type("broken hinge").See("116 characters left")
}

// askWord begins to change the keys of wind-1.
func askWord(s *stage, key, question, word string) {
	openChanges(s)
	s.Press(key).See(question)
	s.later(oneSecond).Type(word)
}

// identityScenes are the boxes that change an identity, and each failure in the one that stays open.
func identityScenes() []scene {
	list := []scene{
		{name: "identity-change", devices: fourDevices(), play: openChanges, see: []string{"Both keys anew"}},
		{name: "identity-disable", devices: fourDevices(), play: askReason, see: []string{"broken hinge"}},
		{
			name: "identity-regenerate", devices: fourDevices(),
			play: func(s *stage) { askWord(s, "b", "Make both keys anew?", "regener") }, see: []string{"▸ regener", "There is no way back"}, gone: "enter: regenerate",
		},
		{
			name: "identity-regenerate-typed", devices: fourDevices(),
			play: func(s *stage) { askWord(s, "p", "Make the primary key anew?", "regenerate") }, see: []string{"enter: regenerate"},
		},
		{
			name: "identity-swap", devices: fourDevices(),
			play: func(s *stage) { askWord(s, "w", "Swap the primary", "swob") }, see: []string{"✗ not what is asked for", "▸ swob"},
		},
	}
	for _, failure := range trouble.Names {
		list = append(list, scene{
			name: "identity-disable-" + failure, devices: fourDevices(), before: mayLearn,
			play: func(s *stage) { disableFails(s, failure) }, see: []string{"✗", "broken hinge", disableSays[failure]},
		})
	}
	return list
}

// disableSays is what only the answer brings.
var disableSays = map[string]string{
	"404": "it was deleted meanwhile", "412": "somebody else has changed it", "429": "the hub is throttled", "401": "refused the policy",
	"403": "the message quota of the day", "time-out": "did not answer in time", "dropped": "the connection was cut",
}

func disableFails(s *stage, failure string) {
	askReason(s)
	switch failure {
	case "412":
		s.registry.change("wind-1", func(d *hub.Device) { d.StatusReason = "spare part" })
	case "404":
		s.registry.fail(trouble.OfUpdate(failure, "wind-1"))
	default:
		s.registry.refuse(trouble.OfUpdate(failure, "wind-1"))
	}
	s.Press("enter")
}
