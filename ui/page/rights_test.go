package page

import "testing"

func TestReadOnlyLeavesReading(t *testing.T) {
	c := &Context{Rights: &Rights{ReadOnly: true}}
	for a := range actions {
		reads := a == ReadRegistry || a == ReadTwins
		if c.May(a) != reads {
			t.Errorf("action %d: may is %v", a, c.May(a))
		}
	}
}

func TestDeniedSaysWhy(t *testing.T) {
	c := &Context{}
	if !c.May(Invoke) {
		t.Error("a context without rights must permit everything")
	}
	c.Rights = &Rights{}
	c.Rights.Deny(Invoke, "the policy registryRead cannot call direct methods")
	if c.May(Invoke) || c.Denied(Invoke) == "" {
		t.Error("what was denied is permitted")
	}
	if !c.May(ReadTwins) {
		t.Error("another action was denied with it")
	}
}
