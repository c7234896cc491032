package core

import (
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/wire"
)

// ID names a device identity, or a module identity of a device. Both parts are
// case-sensitive (protocol 1.5).
type ID struct {
	Device string
	// Module is empty for the device itself.
	Module string
}

// String gives "device" or "device/module", as in an MQTT client id.
func (id ID) String() string {
	if id.Module == "" {
		return id.Device
	}
	return id.Device + "/" + id.Module
}

// Path is what a SAS token for this identity alone covers: "devices/d" or
// "devices/d/modules/m".
func (id ID) Path() string {
	if id.Module == "" {
		return "devices/" + id.Device
	}
	return "devices/" + id.Device + "/modules/" + id.Module
}

// key is where the store has what belongs to the identity. No id has a zero
// byte, so those of a device's modules follow it and nothing else's.
func (id ID) key() []byte {
	if id.Module == "" {
		return []byte(id.Device)
	}
	return []byte(id.Device + "\x00" + id.Module)
}

// authSAS is the authentication type of identities with symmetric keys.
const authSAS = wire.AuthSAS

// identity is a device or module identity as it is stored; names are short since a hub
// may have a million.
type identity struct {
	Generation          string    `json:"g"`
	ETag                uint64    `json:"e"`
	Disabled            bool      `json:"x,omitempty"`
	StatusReason        string    `json:"r,omitempty"`
	StatusUpdated       time.Time `json:"u,omitzero"`
	AuthType            string    `json:"a"`
	PrimaryKey          string    `json:"p,omitempty"`
	SecondaryKey        string    `json:"s,omitempty"`
	PrimaryThumbprint   string    `json:"tp,omitempty"`
	SecondaryThumbprint string    `json:"ts,omitempty"`
	IoTEdge             bool      `json:"i,omitempty"`
	Scope               string    `json:"sc,omitempty"`
	ParentScopes        []string  `json:"ps,omitempty"`
	ManagedBy           string    `json:"mb,omitempty"` // only of modules
}

// sameCredentials tells whether what proves the identity is unchanged.
func (i *identity) sameCredentials(other *identity) bool {
	return i.AuthType == other.AuthType &&
		i.PrimaryKey == other.PrimaryKey && i.SecondaryKey == other.SecondaryKey &&
		i.PrimaryThumbprint == other.PrimaryThumbprint && i.SecondaryThumbprint == other.SecondaryThumbprint
}

// status is the word for Disabled.
func (i *identity) status() string {
	if i.Disabled {
		return wire.Disabled
	}
	return wire.Enabled
}

// identity reads an identity. Errors: 404001, 404010.
func (h *Hub) identity(id ID) (identity, error) {
	var i identity
	err := h.db.View(func(tx *bbolt.Tx) (err error) {
		i, err = readIdentity(tx, id)
		return err
	})
	return i, err
}

func readIdentity(tx *bbolt.Tx, id ID) (identity, error) {
	var i identity
	if id.Device == "" { // a key that bbolt does not take
		return i, deviceNotFound(id.Device)
	}
	value := tx.Bucket(devicesBucket).Get([]byte(id.Device))
	if value == nil {
		return i, deviceNotFound(id.Device)
	}
	if err := unsealJSON(value, &i); err != nil || id.Module == "" {
		return i, err
	}
	return readModule(tx, id, i.Disabled)
}

// readModule reads a module identity; it is disabled when its device is
// (protocol 2.4).
func readModule(tx *bbolt.Tx, id ID, disabled bool) (identity, error) {
	var i identity
	value := tx.Bucket(modulesBucket).Get(id.key())
	if value == nil {
		return i, NewError(CodeModuleNotFound, "The module '%s' of device '%s' is not registered.", id.Module, id.Device)
	}
	err := unsealJSON(value, &i)
	i.Disabled = disabled
	return i, err
}

func deviceNotFound(id string) *Error {
	return NewError(CodeDeviceNotFound, "The device '%s' is not registered.", id)
}
