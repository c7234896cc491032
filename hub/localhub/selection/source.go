package selection

import (
	"context"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
)

// Sources are the twins of a hub's devices and modules, as queries read them.
func Sources(h *core.Hub) query.Sources {
	return query.Sources{
		Devices: devices{twins{h.ScanDevices, h.CutDevices}, h},
		Modules: twins{h.ScanModules, h.CutModules},
	}
}

// twins are those of devices, or those of modules.
type twins struct {
	scan func(context.Context, core.Range, func(*core.StoredTwin) bool) error
	cut  func(core.Range, int) (string, error)
}

func (twins) Leading() string { return "deviceId" }

func (t twins) Scan(ctx context.Context, in query.Span, visit func(query.Row) bool) error {
	return t.scan(ctx, core.Range(in), func(stored *core.StoredTwin) bool { return visit(row{stored}) })
}

func (t twins) Cut(_ context.Context, in query.Span, n int) (string, error) {
	return t.cut(core.Range(in), n)
}

// devices know besides how many they are.
type devices struct {
	twins
	hub *core.Hub
}

func (d devices) Count(context.Context) (int64, error) {
	return d.hub.RegistryStatistics().TotalDeviceCount, nil
}

// row is a twin as a row; it decodes what a query looks at, and no more.
type row struct{ *core.StoredTwin }

func (r row) Key() string {
	if r.ID.Module != "" {
		return query.ModuleKey(r.ID.Device, r.ID.Module)
	}
	return query.DeviceKey(r.ID.Device)
}

func (r row) Document() any { return r.Twin() }

func (r row) Find(path query.Path) query.Value {
	switch first, rest := path[0].Name, path[1:]; {
	case first == "deviceId":
		return query.Text(r.ID.Device).At(rest)
	case first == "tags":
		return query.JSON(r.Tags()).At(rest)
	case first == "configurations":
		return query.JSON(r.Configurations()).At(rest)
	case first == "status":
		return query.Text(r.Status()).At(rest)
	case first == "connectionState":
		return query.Text(r.ConnectionState()).At(rest)
	case first == "properties" && len(rest) > 0 && rest[0].Name == "desired":
		return query.JSON(r.Desired()).At(rest[1:])
	case first == "properties" && len(rest) > 0 && rest[0].Name == "reported":
		return query.JSON(r.Reported()).At(rest[1:])
	}
	twin := r.Twin()
	return query.TwinRow(&twin).Find(path)
}
