package rest

import (
	"context"
	"errors"
	"strings"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// anyETag matches whatever there is.
const anyETag = "*"

// importItem does one item. Without a mode it is createOrUpdate, as for an
// import from a file (UNCONFIRMED).
func (s *server) importItem(ctx context.Context, item wire.BulkItem) importOutcome {
	i := importer{s.hub, ctx, item, core.ID{Device: item.ID, Module: item.ModuleID}}
	mode := item.ImportMode
	if mode == "" {
		mode = wire.ImportCreateOrUpdate
	}
	switch {
	case strings.EqualFold(mode, wire.ImportCreate):
		return i.create()
	case strings.EqualFold(mode, wire.ImportCreateOrUpdate):
		return i.createOrUpdate(anyETag)
	case strings.EqualFold(mode, wire.ImportCreateOrUpdateIfMatchETag):
		return i.createOrUpdate(item.ETag)
	case strings.EqualFold(mode, wire.ImportUpdate):
		return importOutcome{err: i.update(anyETag)}
	case strings.EqualFold(mode, wire.ImportUpdateIfMatchETag):
		return importOutcome{err: i.update(item.ETag)}
	case strings.EqualFold(mode, wire.ImportDelete):
		return importOutcome{err: i.delete(anyETag)}
	case strings.EqualFold(mode, wire.ImportDeleteIfMatchETag):
		return importOutcome{err: i.delete(item.ETag)}
	case strings.EqualFold(mode, wire.ImportUpdateTwin):
		return importOutcome{err: i.patchTwin(anyETag)}
	case strings.EqualFold(mode, wire.ImportUpdateTwinIfMatchETag):
		return importOutcome{err: i.patchTwin(item.TwinETag)}
	}
	return importOutcome{err: core.NewError(core.CodeArgumentInvalid, "The importMode '%.40s' is not known.", mode)}
}

type importer struct {
	hub  *core.Hub
	ctx  context.Context
	item wire.BulkItem
	id   core.ID
}

// create makes the identity even when its twin is refused, which is a warning.
func (i importer) create() importOutcome {
	var err error
	if i.id.Module == "" {
		_, err = i.hub.CreateDevice(i.ctx, i.device())
	} else {
		_, err = i.hub.CreateModule(i.ctx, i.module())
	}
	if err != nil {
		return importOutcome{err: err}
	}
	return importOutcome{warning: errors.Join(i.replaceTwin(), i.report())}
}

func (i importer) createOrUpdate(etag string) importOutcome {
	err := i.update(etag)
	if isMissing(err) && (i.id.Module == "" || !errors.Is(err, &core.Error{Code: core.CodeDeviceNotFound})) {
		return i.create()
	}
	return importOutcome{err: err}
}

func isMissing(err error) bool {
	return errors.Is(err, &core.Error{Code: core.CodeDeviceNotFound}) || errors.Is(err, &core.Error{Code: core.CodeModuleNotFound})
}

// update replaces the identity, and the sections of the twin that are given.
func (i importer) update(etag string) error {
	etag, err := i.match(etag)
	if err != nil {
		return err
	}
	if i.id.Module == "" {
		_, err = i.hub.UpdateDevice(i.ctx, i.device(), etag)
	} else {
		_, err = i.hub.UpdateModule(i.ctx, i.module(), etag)
	}
	if err != nil {
		return err
	}
	return i.replaceTwin()
}

func (i importer) delete(etag string) error {
	etag, err := i.match(etag)
	if err != nil {
		return err
	}
	if i.id.Module == "" {
		return i.hub.DeleteDevice(i.ctx, i.id.Device, etag)
	}
	return i.hub.DeleteModule(i.ctx, i.id, etag)
}

// match keeps a mode that asks for a match from matching everything because the
// etag is missing. What does not exist at all says so first.
func (i importer) match(etag string) (string, error) {
	if etag != "" {
		return etag, nil
	}
	if _, err := i.hub.Twin(i.id); err != nil {
		return "", err
	}
	return "", core.NewError(core.CodePrecondition, "The importMode %s needs the etag of '%s', and there is none.", i.item.ImportMode, i.id)
}

func (i importer) patchTwin(etag string) error {
	etag, err := i.match(etag)
	if err != nil {
		return err
	}
	patch, err := i.twin()
	if err != nil {
		return err
	}
	_, err = i.hub.PatchTwin(i.ctx, i.id, patch, etag)
	return err
}

func (i importer) replaceTwin() error {
	patch, err := i.twin()
	if err != nil || patch.Tags == nil && patch.Desired == nil {
		return err
	}
	_, err = i.hub.ReplaceTwin(i.ctx, i.id, patch, anyETag)
	return err
}

// twin leaves the reported properties aside: an exported identity has them.
func (i importer) twin() (core.TwinPatch, error) {
	body := twinBody{Tags: i.item.Tags}
	if p := i.item.Properties; p != nil {
		body.Properties = &wire.TwinProperties{Desired: p.Desired}
	}
	return body.patch()
}

// report brings the reported properties of an exported identity back.
func (i importer) report() error {
	if i.item.Properties == nil {
		return nil
	}
	reported := orAbsent(i.item.Properties.Reported)
	if reported == nil {
		return nil
	}
	_, err := i.hub.ReportTwin(i.ctx, i.id, reported, nil)
	return err
}

func (i importer) device() wire.Device {
	return wire.Device{
		DeviceID: i.item.ID, Status: i.item.Status, StatusReason: i.item.StatusReason,
		Authentication: i.item.Authentication, Capabilities: i.item.Capabilities,
		DeviceScope: i.item.DeviceScope, ParentScopes: i.item.ParentScopes,
	}
}

func (i importer) module() wire.Module {
	return wire.Module{
		DeviceID: i.item.ID, ModuleID: i.item.ModuleID, ManagedBy: i.item.ManagedBy,
		Authentication: i.item.Authentication,
	}
}
