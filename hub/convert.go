package hub

import (
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

func deviceFromWire(w wire.Device) Device {
	d := Device{
		DeviceID:               w.DeviceID,
		GenerationID:           w.GenerationID,
		ETag:                   w.ETag,
		Status:                 Status(w.Status),
		StatusReason:           w.StatusReason,
		ConnectionState:        ConnectionState(w.ConnectionState),
		ConnectionStateUpdated: w.ConnectionStateUpdatedTime.Time,
		StatusUpdated:          w.StatusUpdatedTime.Time,
		LastActivity:           w.LastActivityTime.Time,
		C2DCount:               w.CloudToDeviceMessageCount,
		Auth:                   authFromWire(w.Authentication),
		IoTEdge:                w.Capabilities != nil && w.Capabilities.IoTEdge,
		Scope:                  w.DeviceScope,
		ParentScopes:           w.ParentScopes,
	}
	return d
}

func authFromWire(w *wire.Authentication) Authentication {
	if w == nil {
		return Authentication{}
	}
	a := Authentication{Type: AuthType(w.Type)}
	if k := w.SymmetricKey; k != nil {
		a.Primary, a.Secondary = secret.New(k.PrimaryKey), secret.New(k.SecondaryKey)
	}
	if x := w.X509Thumbprint; x != nil {
		a.PrimaryThumbprint, a.SecondaryThumbprint = x.PrimaryThumbprint, x.SecondaryThumbprint
	}
	return a
}

// deviceFromTwin makes a device of what a query gives. A twin has no keys and no
// generation id, and its ETag is the twin's: the identity's is deviceEtag.
func deviceFromTwin(w wire.Twin) Device {
	d := Device{
		DeviceID:        w.DeviceID,
		ETag:            w.DeviceETag,
		Status:          Status(w.Status),
		StatusReason:    w.StatusReason,
		StatusUpdated:   w.StatusUpdateTime.Time,
		ConnectionState: ConnectionState(w.ConnectionState),
		LastActivity:    w.LastActivityTime.Time,
		C2DCount:        w.CloudToDeviceMessageCount,
		Auth:            Authentication{Type: AuthType(w.AuthenticationType)},
		IoTEdge:         w.Capabilities != nil && w.Capabilities.IoTEdge,
		Scope:           w.DeviceScope,
		ParentScopes:    w.ParentScopes,
		Tags:            w.Tags,
		ModelID:         w.ModelID,
		TwinVersion:     w.Version,
	}
	if x := w.X509Thumbprint; x != nil {
		d.Auth.PrimaryThumbprint, d.Auth.SecondaryThumbprint = x.PrimaryThumbprint, x.SecondaryThumbprint
	}
	return d
}

func (d Device) wire() wire.Device {
	return wire.Device{
		DeviceID:       d.DeviceID,
		ETag:           d.ETag,
		Status:         string(d.Status),
		StatusReason:   d.StatusReason,
		Authentication: d.Auth.wire(),
		Capabilities:   &wire.Capabilities{IoTEdge: d.IoTEdge},
		DeviceScope:    d.Scope,
		ParentScopes:   d.ParentScopes,
	}
}

func (a Authentication) wire() *wire.Authentication {
	w := &wire.Authentication{Type: string(a.Type)}
	if w.Type == "" {
		w.Type = wire.AuthSAS
	}
	switch w.Type {
	case wire.AuthSAS:
		w.SymmetricKey = &wire.SymmetricKey{PrimaryKey: a.Primary.Reveal(), SecondaryKey: a.Secondary.Reveal()}
	case wire.AuthSelfSigned:
		w.X509Thumbprint = &wire.X509Thumbprint{PrimaryThumbprint: a.PrimaryThumbprint, SecondaryThumbprint: a.SecondaryThumbprint}
	}
	return w
}
