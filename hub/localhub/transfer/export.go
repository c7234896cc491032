package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

const (
	exportPage        = 500
	maxConfigurations = 100 // protocol 9
)

// exported is a line of an export: an item of POST /devices in which an absent
// authentication is null.
type exported struct {
	wire.BulkItem
	Authentication *wire.Authentication `json:"authentication"`
}

// export writes the identities, and the configurations when they are wanted.
func (s *Service) export(ctx context.Context, r *record, to container) error {
	err := s.fill(ctx, to, orDefault(r.Job.OutputBlobName, devicesBlob), func(e *json.Encoder) error { return s.exportDevices(ctx, r, e) })
	if err != nil || !r.Job.IncludeConfigurations {
		return err
	}
	return s.fill(ctx, to, orDefault(r.Job.ConfigurationsBlobName, configurationsBlob), s.exportConfigurations)
}

// fill writes a blob, by way of a file: nobody sees a blob that is half there, and
// its size is known before it is sent.
func (s *Service) fill(ctx context.Context, to container, blob string, write func(*json.Encoder) error) error {
	f, remove, err := s.spool()
	if err != nil {
		return err
	}
	defer remove()
	buffered := bufio.NewWriter(f)
	lines := json.NewEncoder(buffered)
	lines.SetEscapeHTML(false)
	if err := errors.Join(write(lines), buffered.Flush()); err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	if err := to.Write(ctx, blob, f, size); err != nil {
		return transferError{fmt.Errorf("write the blob '%s': %w", blob, err)}
	}
	return nil
}

func (s *Service) exportDevices(ctx context.Context, r *record, to *json.Encoder) error {
	done, total, after := int64(0), int64(s.o.Hub.RegistryStatistics().TotalDeviceCount), ""
	for {
		devices, err := s.o.Hub.Devices(after, exportPage)
		if err != nil || len(devices) == 0 {
			return err
		}
		for _, d := range devices {
			if err := s.exportDevice(d, r.Job.ExcludeKeysInExport, to); err != nil {
				return err
			}
			after = d.DeviceID
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		done += int64(len(devices))
		s.advance(r.Job.JobID, done, total)
	}
}

// exportDevice writes a device and its modules; nothing of one that was deleted
// meanwhile.
func (s *Service) exportDevice(d wire.Device, withoutKeys bool, to *json.Encoder) error {
	line := exported{Authentication: d.Authentication, BulkItem: wire.BulkItem{
		ID: d.DeviceID, ETag: d.ETag, Status: d.Status, StatusReason: d.StatusReason,
		Capabilities: d.Capabilities, DeviceScope: d.DeviceScope, ParentScopes: d.ParentScopes,
	}}
	if err := s.exportLine(core.ID{Device: d.DeviceID}, line, withoutKeys, to); err != nil {
		return ignoreMissing(err)
	}
	modules, err := s.o.Hub.Modules(d.DeviceID)
	if err != nil {
		return ignoreMissing(err)
	}
	for _, m := range modules {
		line := exported{Authentication: m.Authentication, BulkItem: wire.BulkItem{
			ID: m.DeviceID, ModuleID: m.ModuleID, ETag: m.ETag, ManagedBy: m.ManagedBy,
		}}
		if err := s.exportLine(core.ID{Device: m.DeviceID, Module: m.ModuleID}, line, withoutKeys, to); err != nil {
			return ignoreMissing(err)
		}
	}
	return nil
}

func (s *Service) exportLine(id core.ID, line exported, withoutKeys bool, to *json.Encoder) error {
	twin, err := s.o.Hub.Twin(id)
	if err != nil {
		return err
	}
	line.TwinETag, line.Tags, line.Properties = twin.ETag, twin.Tags, twin.Properties
	if withoutKeys {
		line.Authentication = nil
	}
	return to.Encode(line)
}

func ignoreMissing(err error) error {
	if errors.Is(err, &core.Error{Code: core.CodeDeviceNotFound}) || errors.Is(err, &core.Error{Code: core.CodeModuleNotFound}) {
		return nil
	}
	return err
}

func (s *Service) exportConfigurations(to *json.Encoder) error {
	all, err := s.o.Configurations.List(maxConfigurations)
	for _, c := range all {
		if err := to.Encode(c); err != nil {
			return err
		}
	}
	return err
}
