package core

import (
	"strings"

	"go.etcd.io/bbolt"
)

// checkScopes refuses a scope that is not that of an IoT Edge device of this
// hub: the end-to-end tests of the Node SDK (test/registry.js, "edge and device
// scope relationship") expect it of the service. Error: 400028.
func (i *identity) checkScopes(tx *bbolt.Tx) error {
	scopes := i.ParentScopes
	if !i.IoTEdge && i.Scope != "" {
		scopes = append([]string{i.Scope}, scopes...)
	}
	for _, scope := range scopes {
		if !isScopeOfEdge(tx, scope) {
			return NewError(CodeInvalidDeviceScope, "The device scope is not that of an IoT Edge device of this hub.")
		}
	}
	return nil
}

// isScopeOfEdge finds the device that a scope names, "…://{id}-{generation}":
// ids may have dashes, generations have none.
func isScopeOfEdge(tx *bbolt.Tx, scope string) bool {
	name, isScope := strings.CutPrefix(scope, edgeScope)
	end := strings.LastIndexByte(name, '-')
	if !isScope || end < 0 {
		return false
	}
	parent, err := readIdentity(tx, ID{Device: name[:end]})
	return err == nil && parent.IoTEdge && parent.Scope == scope
}
