package hub

import (
	"encoding/json"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// Status says whether a device may connect.
type Status string

// The values of Status.
const (
	Enabled  Status = "enabled"
	Disabled Status = "disabled"
)

// ConnectionState says whether a device is connected, as the service last knew.
type ConnectionState string

// The values of ConnectionState.
const (
	Connected    ConnectionState = "Connected"
	Disconnected ConnectionState = "Disconnected"
)

// AuthType says how a device proves itself.
type AuthType string

// The values of AuthType.
const (
	AuthSAS        AuthType = "sas"
	AuthSelfSigned AuthType = "selfSigned"
	AuthCA         AuthType = "certificateAuthority"
	AuthNone       AuthType = "none"
)

// Authentication says how a device proves itself, and with what.
type Authentication struct {
	// Type is AuthSAS when empty.
	Type AuthType
	// Primary and Secondary are the symmetric keys, base64 text. Both empty when
	// a device is created: the hub makes them.
	Primary, Secondary secret.Text
	// PrimaryThumbprint and SecondaryThumbprint are those of X.509 certificates, in hexadecimal digits.
	PrimaryThumbprint, SecondaryThumbprint string
}

// Device is a device identity (protocol 2.4). The service sets GenerationID,
// ETag, the connection and activity fields and C2DCount; what a caller puts
// there is ignored, but for the ETag, which says what version is to be updated.
type Device struct {
	DeviceID               string
	GenerationID           string
	ETag                   string
	Status                 Status // Enabled when empty
	StatusReason           string // at most 128 characters
	ConnectionState        ConnectionState
	ConnectionStateUpdated time.Time // zero: never. Not in what a query gives
	StatusUpdated          time.Time // zero: never
	LastActivity           time.Time // zero: never
	C2DCount               int       // cloud-to-device messages waiting
	Auth                   Authentication
	IoTEdge                bool
	Scope                  string
	ParentScopes           []string

	// Tags, ModelID and TwinVersion come with [Client.Devices], which reads twins.
	Tags        json.RawMessage
	ModelID     string
	TwinVersion int64
}

// ScopePrefix is how the scope of an IoT Edge device begins (protocol 2.4).
const ScopePrefix = "ms-azure-iot-edge://"

// Join puts a device that is to be made below the IoT Edge device with this scope; with none when it is "". An IoT Edge
// device has a scope of its own besides, which the service makes (protocol 2.4).
func (d *Device) Join(scope string) {
	d.Scope, d.ParentScopes = "", nil
	switch {
	case scope == "":
	case d.IoTEdge:
		d.ParentScopes = []string{scope}
	default:
		d.Scope = scope
	}
}

// Connected says whether the service counts the device as connected.
func (d Device) Connected() bool { return d.ConnectionState == Connected }

// recently is how long ago a device may have been active for it to be taken for one that is in use.
const recently = 5 * time.Minute

// InUse says whether somebody seems to be connected as the device: the service counts it as connected, or it was active
// in the last five minutes. The service's own word on who is connected lags by minutes.
func (d Device) InUse(now time.Time) bool {
	return d.Connected() || !d.LastActivity.IsZero() && now.Sub(d.LastActivity) < recently
}

// ConnectionString is what the device itself needs to connect to the hub of s, with its primary key.
func (d Device) ConnectionString(s connstr.Service) connstr.Device {
	cs := s.ForDevice(d.DeviceID, d.Auth.Primary)
	cs.X509 = d.Auth.Type == AuthSelfSigned || d.Auth.Type == AuthCA
	return cs
}
