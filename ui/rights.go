package ui

import (
	"slices"

	"hubscope/hub"
	"hubscope/ui/page"
	"hubscope/ui/safe"
)

// needs is the permission of each action, and the action in words.
var needs = map[page.Action]struct {
	permission hub.Permission
	words      string
}{
	page.ReadRegistry:   {hub.RegistryRead, "read identities and their keys"},
	page.ChangeRegistry: {hub.RegistryWrite, "create, change or delete identities"},
	page.ReadTwins:      {hub.ServiceConnect, "read twins or ask queries"},
	page.ChangeTwins:    {hub.ServiceConnect, "change twins"},
	page.Invoke:         {hub.ServiceConnect, "call direct methods"},
	page.SendMessages:   {hub.ServiceConnect, "send cloud-to-device messages"},
	// A simulated device connects with the device's own key, which has to be read.
	page.Simulate: {hub.RegistryRead, "read the keys that simulated devices connect with"},
}

// rightsOf is what the policy of a connection string permits, as far as its name tells.
func rightsOf(t hub.Target, readOnly bool) *page.Rights {
	r := &page.Rights{ReadOnly: readOnly}
	permissions, known := hub.PolicyPermissions(t.Service.PolicyName)
	if !known {
		return r
	}
	policy := safe.Line(t.Service.PolicyName, 64)
	for action, n := range needs {
		if !slices.Contains(permissions, n.permission) {
			r.Deny(action, "the policy "+policy+" cannot "+n.words)
		}
	}
	return r
}
