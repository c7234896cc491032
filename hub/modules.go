package hub

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/wire"
)

// Module is a module identity of a device (protocol 2.4). It has no status of its
// own: a disabled device disables its modules. As with [Device] the service sets
// GenerationID, ETag and the connection and activity fields.
type Module struct {
	DeviceID               string
	ModuleID               string
	ManagedBy              string // "IotEdge" for the modules of an IoT Edge deployment
	GenerationID           string
	ETag                   string
	ConnectionState        ConnectionState
	ConnectionStateUpdated time.Time // zero: never
	LastActivity           time.Time // zero: never
	C2DCount               int       // messages waiting
	Auth                   Authentication
}

// Connected says whether the service counts the module as connected.
func (m Module) Connected() bool { return m.ConnectionState == Connected }

// ConnectionString is what the module itself needs to connect to the hub of s, with its primary key.
func (m Module) ConnectionString(s connstr.Service) connstr.Device {
	cs := s.ForDevice(m.DeviceID, m.Auth.Primary)
	cs.ModuleID = m.ModuleID
	cs.X509 = m.Auth.Type == AuthSelfSigned || m.Auth.Type == AuthCA
	return cs
}

// Modules lists the module identities of a device, with their keys. It fails with
// [ErrNotFound] when there is no such device.
func (c *Client) Modules(ctx context.Context, deviceID string) ([]Module, error) {
	var list []wire.Module
	_, err := c.do(ctx, call{
		op: "list modules of " + nameOf(deviceID, ""), method: http.MethodGet,
		path: idPath("devices", deviceID) + "/modules", idempotent: true,
	}, &list)
	if err != nil {
		return nil, err
	}
	modules := make([]Module, len(list))
	for i, w := range list {
		modules[i] = moduleFromWire(w)
	}
	return modules, nil
}

// CreateModule adds a module identity to a device and gives it as the hub made
// it, with its keys. It fails with [ErrConflict] when the device has one of that
// id, with [ErrNotFound] when there is no such device, and with [ErrTooLarge] when
// it has as many modules as it may have. The ETag of m is not used.
func (c *Client) CreateModule(ctx context.Context, m Module) (Module, error) {
	return c.moduleCall(ctx, call{
		op: "create " + nameOf(m.DeviceID, m.ModuleID), method: http.MethodPut,
		path: modulePath(m.DeviceID, m.ModuleID), body: m.wire(),
	})
}

// Module reads a module identity, with its keys. It fails with [ErrNotFound] when
// there is none.
func (c *Client) Module(ctx context.Context, deviceID, moduleID string) (Module, error) {
	return c.moduleCall(ctx, call{
		op: "read " + nameOf(deviceID, moduleID), method: http.MethodGet,
		path: modulePath(deviceID, moduleID), idempotent: true,
	})
}

// UpdateModule replaces the authentication of a module identity, and by whom it is
// managed. With an ETag in m it fails with [ErrPrecondition] when the identity was
// changed meanwhile; with none it overwrites.
func (c *Client) UpdateModule(ctx context.Context, m Module) (Module, error) {
	return c.moduleCall(ctx, call{
		op: "update " + nameOf(m.DeviceID, m.ModuleID), method: http.MethodPut,
		path: modulePath(m.DeviceID, m.ModuleID), header: ifMatch(m.ETag), body: m.wire(), idempotent: unconditional(m.ETag),
	})
}

// DeleteModule removes a module identity with its twin; etag as for [Client.DeleteDevice].
func (c *Client) DeleteModule(ctx context.Context, deviceID, moduleID, etag string) error {
	_, err := c.do(ctx, call{
		op: "delete " + nameOf(deviceID, moduleID), method: http.MethodDelete,
		path: modulePath(deviceID, moduleID), header: ifMatch(etag), idempotent: unconditional(etag),
	}, nil)
	return err
}

func (c *Client) moduleCall(ctx context.Context, k call) (Module, error) {
	var w wire.Module
	if _, err := c.do(ctx, k, &w); err != nil {
		return Module{}, err
	}
	if w.ModuleID == "" {
		return Module{}, &AnswerError{Op: k.op, Host: c.base.Host, err: errors.New("no moduleId in the answer")}
	}
	return moduleFromWire(w), nil
}

func modulePath(deviceID, moduleID string) string {
	return idPath("devices", deviceID) + idPath("modules", moduleID)
}

func moduleFromWire(w wire.Module) Module {
	m := Module{
		DeviceID: w.DeviceID, ModuleID: w.ModuleID, GenerationID: w.GenerationID, ETag: w.ETag,
		ConnectionState: ConnectionState(w.ConnectionState), ConnectionStateUpdated: w.ConnectionStateUpdatedTime.Time,
		LastActivity: w.LastActivityTime.Time, C2DCount: w.CloudToDeviceMessageCount, Auth: authFromWire(w.Authentication),
	}
	if w.ManagedBy != nil {
		m.ManagedBy = *w.ManagedBy
	}
	return m
}

func (m Module) wire() wire.Module {
	w := wire.Module{DeviceID: m.DeviceID, ModuleID: m.ModuleID, ETag: m.ETag, Authentication: m.Auth.wire()}
	if m.ManagedBy != "" {
		w.ManagedBy = &m.ManagedBy
	}
	return w
}
