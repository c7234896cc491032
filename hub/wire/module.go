package wire

// Module is a module identity of a device (protocol 2.4). It has no status of
// its own: a disabled device disables its modules.
type Module struct {
	ModuleID string `json:"moduleId"`
	// ManagedBy is "IotEdge" for the modules of an IoT Edge deployment; empty is
	// null in JSON.
	ManagedBy                  *string         `json:"managedBy"`
	DeviceID                   string          `json:"deviceId"`
	GenerationID               string          `json:"generationId,omitempty"`
	ETag                       string          `json:"etag,omitempty"`
	ConnectionState            string          `json:"connectionState,omitempty"`
	ConnectionStateUpdatedTime Time            `json:"connectionStateUpdatedTime"`
	LastActivityTime           Time            `json:"lastActivityTime"`
	CloudToDeviceMessageCount  int             `json:"cloudToDeviceMessageCount"`
	Authentication             *Authentication `json:"authentication,omitempty"`
}
