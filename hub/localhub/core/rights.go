package core

import (
	"strings"
	"time"

	"hubscope/hub/sas"
)

// Rights is a set of permissions of a shared access policy (protocol 1.4).
type Rights uint8

// The four permissions. Reading events of the built-in endpoint takes
// ServiceConnect.
const (
	RegistryRead Rights = 1 << iota
	RegistryWrite
	ServiceConnect
	DeviceConnect
)

// String lists the permissions as the service writes them.
func (r Rights) String() string {
	var names []string
	for i, name := range []string{"RegistryRead", "RegistryWrite", "ServiceConnect", "DeviceConnect"} {
		if r&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// Principal is who a token, a key or a certificate speaks for.
type Principal struct {
	// Policy is the shared access policy; empty for an identity's own key.
	Policy string
	Rights Rights
	// Path is what the token covers, without leading slash: "" is the whole
	// hub.
	Path string
	// ID is the identity whose key signed; zero with a policy.
	ID ID
	// Expiry ends what was granted; zero means never.
	Expiry time.Time
	// AuthMethod is the JSON text of iothub-connection-auth-method
	// (protocol 7.8).
	AuthMethod string

	// foldCase is set for tokens of Event Hubs clients, some of which write the
	// whole path in lower case (protocol 1.3).
	foldCase bool
}

// Allows tells whether the principal has all the rights r for path: a REST
// route or an AMQP address without leading slash, such as "devices/d1" or
// "messages/events". The token's own path covers whole segments only:
// devices/d1 covers devices/d1/messages/events but not devices/d1x. The key of an
// identity is for that identity alone: a device's is not for its modules
// (protocol 1.2). Ids are compared with case, everything else without.
func (p Principal) Allows(r Rights, path string) bool {
	return p.Rights&r == r && sas.PathCovers(p.Path, path, p.foldCase) && p.isFor(path)
}

func (p Principal) isFor(path string) bool {
	if p.ID == (ID{}) {
		return true
	}
	id, ok := idOfPath(path)
	return ok && id == p.ID
}
