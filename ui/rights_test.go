package ui

import (
	"testing"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/ui/page"
)

func TestRightsOfPolicies(t *testing.T) {
	all := []page.Action{page.ReadRegistry, page.ChangeRegistry, page.ReadTwins, page.ChangeTwins, page.Invoke, page.SendMessages, page.Simulate}
	for policy, want := range map[string]string{
		"iothubowner": "ooooooo", "service": "--oooo-", "registryRead": "o-----o", "registryReadWrite": "oo----o", "device": "-------", "mine": "ooooooo",
	} {
		r := rightsOf(hub.Target{Service: connstr.Service{PolicyName: policy}}, false)
		got := ""
		for _, a := range all {
			if r.Denied(a) == "" {
				got += "o"
			} else {
				got += "-"
			}
		}
		if got != want {
			t.Errorf("%s may %s, want %s", policy, got, want)
		}
	}
}
