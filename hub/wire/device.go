// Package wire holds the JSON documents of IoT Hub's service REST API, field
// for field as on the wire (protocol 2.3 to 2.6). The client and the local hub
// share them; both turn them into types of their own for everything else.
package wire

import "encoding/json"

// The values of Device.Status.
const (
	Enabled  = "enabled"
	Disabled = "disabled"
)

// The values of Device.ConnectionState.
const (
	Connected    = "Connected"
	Disconnected = "Disconnected"
)

// The values of Authentication.Type.
const (
	AuthSAS        = "sas"
	AuthSelfSigned = "selfSigned"
	AuthCA         = "certificateAuthority"
	AuthNone       = "none"
)

// Device is a device identity (protocol 2.4).
type Device struct {
	DeviceID                   string          `json:"deviceId"`
	GenerationID               string          `json:"generationId,omitempty"`
	ETag                       string          `json:"etag,omitempty"`
	ConnectionState            string          `json:"connectionState,omitempty"`
	Status                     string          `json:"status,omitempty"`
	StatusReason               string          `json:"statusReason"` // null when empty
	ConnectionStateUpdatedTime Time            `json:"connectionStateUpdatedTime"`
	StatusUpdatedTime          Time            `json:"statusUpdatedTime"`
	LastActivityTime           Time            `json:"lastActivityTime"`
	CloudToDeviceMessageCount  int             `json:"cloudToDeviceMessageCount"`
	Authentication             *Authentication `json:"authentication,omitempty"`
	Capabilities               *Capabilities   `json:"capabilities,omitempty"`
	DeviceScope                string          `json:"deviceScope,omitempty"`
	ParentScopes               []string        `json:"parentScopes,omitempty"`
}

// MarshalJSON writes an empty status reason as null, as the service does.
func (d Device) MarshalJSON() ([]byte, error) {
	type plain Device
	return json.Marshal(struct {
		plain
		StatusReason *string `json:"statusReason"`
	}{plain(d), orNull(d.StatusReason)})
}

// Capabilities say what a device may be.
type Capabilities struct {
	IoTEdge bool `json:"iotEdge"`
}

// RegistryStatistics counts the device identities of a hub.
type RegistryStatistics struct {
	TotalDeviceCount    int64 `json:"totalDeviceCount"`
	EnabledDeviceCount  int64 `json:"enabledDeviceCount"`
	DisabledDeviceCount int64 `json:"disabledDeviceCount"`
}

// ServiceStatistics counts the connected devices of a hub.
type ServiceStatistics struct {
	ConnectedDeviceCount int64 `json:"connectedDeviceCount"`
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
