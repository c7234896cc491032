package query

import (
	"encoding/json"

	"hubscope/hub/wire"
)

// Row is one document, good while a [Source] gives it.
type Row interface {
	// Key is the row's place in its [Source].
	Key() string
	// Find gives the value at a path, undefined when there is none. The first name
	// of a built-in member has its own case.
	Find(path Path) Value
	// Document gives what becomes the JSON of SELECT *: for a twin a wire.Twin.
	Document() any
}

// DocumentRow is a row of a JSON text, which must be valid; it is searched and
// never decoded as a whole.
func DocumentRow(key string, text json.RawMessage) Row { return documentRow{key, text} }

type documentRow struct {
	key  string
	text json.RawMessage
}

func (d documentRow) Key() string          { return d.key }
func (d documentRow) Document() any        { return d.text }
func (d documentRow) Find(path Path) Value { return JSON(string(d.text)).At(path) }

// TwinRow is a row of a device's or module's twin (protocol 2.5), which must not
// change while the row is used. Its key is [DeviceKey] or [ModuleKey].
func TwinRow(t *wire.Twin) Row { return twinRow{t} }

// DeviceKey is the key of a device's row.
func DeviceKey(device string) string { return device }

// ModuleKey is the key of a module's row: those of one device come together.
func ModuleKey(device, module string) string { return device + "\x00" + module }

type twinRow struct{ *wire.Twin }

func (t twinRow) Key() string {
	if t.ModuleID != "" {
		return ModuleKey(t.DeviceID, t.ModuleID)
	}
	return DeviceKey(t.DeviceID)
}

func (t twinRow) Document() any { return *t.Twin }

func (t twinRow) Find(path Path) Value {
	first, rest := path[0].Name, path[1:]
	switch first {
	case "properties":
		return t.property(rest)
	case "tags":
		return JSON(string(t.Tags)).At(rest)
	}
	return t.top(first).At(rest)
}

// property saves putting the two documents into one.
func (t twinRow) property(path Path) Value {
	switch {
	case t.Properties == nil:
		return Value{}
	case len(path) == 0:
		return encoded(t.Properties)
	case path[0].Name == "desired":
		return JSON(string(t.Properties.Desired)).At(path[1:])
	case path[0].Name == "reported":
		return JSON(string(t.Properties.Reported)).At(path[1:])
	}
	return Value{}
}

// top gives the members that the hub keeps itself. Those that the JSON leaves
// out are undefined.
func (t twinRow) top(name string) Value {
	switch name {
	case "deviceId":
		return Text(t.DeviceID)
	case "moduleId":
		return optional(t.ModuleID)
	case "etag":
		return optional(t.ETag)
	case "deviceEtag":
		return optional(t.DeviceETag)
	case "status":
		return optional(t.Status)
	case "statusReason":
		return optional(t.StatusReason)
	case "statusUpdateTime":
		return Text(t.StatusUpdateTime.String())
	case "connectionState":
		return optional(t.ConnectionState)
	case "lastActivityTime":
		return Text(t.LastActivityTime.String())
	case "cloudToDeviceMessageCount":
		return Integer(int64(t.CloudToDeviceMessageCount))
	case "authenticationType":
		return optional(t.AuthenticationType)
	case "modelId":
		return Text(t.ModelID)
	case "version":
		return Integer(t.Version)
	}
	return t.nested(name)
}

func (t twinRow) nested(name string) Value {
	switch {
	case name == "x509Thumbprint" && t.X509Thumbprint != nil:
		return encoded(t.X509Thumbprint)
	case name == "capabilities" && t.Capabilities != nil:
		return encoded(t.Capabilities)
	case name == "deviceScope":
		return optional(t.DeviceScope)
	case name == "parentScopes" && len(t.ParentScopes) > 0:
		return encoded(t.ParentScopes)
	case name == "configurations":
		return JSON(string(t.Configurations))
	}
	return Value{}
}

func optional(s string) Value {
	if s == "" {
		return Value{}
	}
	return Text(s)
}

func encoded(v any) Value {
	text, _ := json.Marshal(v) // our own types: never fails
	return JSON(string(text))
}
