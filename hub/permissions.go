package hub

import "strings"

// Permission is what a shared access policy may let its holder do (protocol 1.4).
type Permission string

// The permissions. RegistryWrite includes RegistryRead.
const (
	RegistryRead   Permission = "RegistryRead"
	RegistryWrite  Permission = "RegistryWrite"
	ServiceConnect Permission = "ServiceConnect"
	DeviceConnect  Permission = "DeviceConnect"
)

// policies are those that every hub is made with.
var policies = map[string][]Permission{
	"iothubowner":       {RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect},
	"service":           {ServiceConnect},
	"device":            {DeviceConnect},
	"registryread":      {RegistryRead},
	"registryreadwrite": {RegistryRead, RegistryWrite},
}

// PolicyPermissions are those of one of the five policies that every hub is made with.
// Of another policy only the hub's answers tell: known is then false. An owner of a hub
// can change what its policies permit, so that a refusal counts more than this.
func PolicyPermissions(name string) (permissions []Permission, known bool) {
	permissions, known = policies[strings.ToLower(name)]
	return permissions, known
}
