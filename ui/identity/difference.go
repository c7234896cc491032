package identity

import (
	"slices"
	"strings"

	"hubscope/hub"
	"hubscope/ui/credential"
	"hubscope/ui/safe"
)

// same says whether two identities agree in all that can be changed.
func same(a, b hub.Device) bool { return len(differences(a, b)) == 0 }

// difference says in words what was changed from one state of an identity to the next.
func difference(before, now hub.Device) string {
	all := differences(before, now)
	if before.GenerationID != "" && now.GenerationID != "" && before.GenerationID != now.GenerationID {
		return "it was deleted and created anew"
	}
	if len(all) == 0 {
		return "its version alone is another one"
	}
	return strings.Join(all, ", ")
}

func differences(a, b hub.Device) []string {
	var out []string
	note := func(differs bool, words string) {
		if differs {
			out = append(out, words)
		}
	}
	note(statusOf(a) != statusOf(b), "it is "+string(statusOf(b))+" now")
	note(a.StatusReason != b.StatusReason, "the reason is "+quoted(b.StatusReason))
	out = append(out, credential.Differences(a.Auth, b.Auth)...)
	note(a.IoTEdge != b.IoTEdge, "its capabilities are: "+capabilities(b))
	note(a.Scope != b.Scope || !slices.Equal(a.ParentScopes, b.ParentScopes), "its scope is another one")
	return out
}

func statusOf(d hub.Device) hub.Status {
	if d.Status == "" {
		return hub.Enabled
	}
	return d.Status
}

func quoted(reason string) string {
	if reason == "" {
		return "gone"
	}
	return "\"" + safe.Line(reason, 60) + "\" now"
}
