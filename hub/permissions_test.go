package hub

import (
	"slices"
	"testing"
)

func TestPolicyPermissions(t *testing.T) {
	if p, known := PolicyPermissions("registryReadWrite"); !known || !slices.Contains(p, RegistryWrite) || slices.Contains(p, ServiceConnect) {
		t.Errorf("registryReadWrite: %v, known %v", p, known)
	}
	if p, known := PolicyPermissions("mine"); known || p != nil {
		t.Errorf("a policy of one's own: %v, known %v", p, known)
	}
}
