package core

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
