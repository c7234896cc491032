package localhub

import (
	"errors"
	"net"
	"path/filepath"
	"strconv"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/transfer"
	"hubscope/hub/localhub/upload"
)

// uploadFolder is in the state folder: what devices have uploaded.
const uploadFolder = "uploads"

// transferFolder is in the state folder: files of an import or export job that runs.
const transferFolder = "transfers"

// features are what a hub does beyond core, each with its own part of the state.
type features struct {
	query   rest.Querier
	uploads *upload.Service
	jobs    *jobs.Service

	containers *upload.Containers
	transfers  *transfer.Service

	configurations *adm.Service
}

func openFeatures(db *store.DB, h *core.Hub, o Options, host func() string) (f features, err error) {
	f.uploads, err = upload.Open(db, upload.Options{
		Dir: filepath.Join(o.StateDir, uploadFolder), Host: host, Notify: h.AddFileNotification, MaxTotal: o.UploadBytes, Logger: o.Logger,
	})
	if err != nil {
		return f, err
	}
	// Jobs pick devices and modules, and are themselves rows for all others.
	f.jobs, err = jobs.Open(db, jobs.Options{Hub: h, Language: selection.New(h, nil), Logger: o.Logger})
	if err != nil {
		return f, err
	}
	language := selection.New(h, f.jobs.Rows())
	f.query = language
	if f.configurations, err = adm.Open(db, adm.Options{Hub: h, Language: language, Logger: o.Logger}); err != nil {
		return f, err
	}
	f.containers, err = upload.OpenContainers(db, upload.Options{
		Dir: filepath.Join(o.StateDir, upload.ContainersPath), Host: host, MaxTotal: o.UploadBytes, Logger: o.Logger,
	})
	if err != nil {
		return f, err
	}
	f.transfers, err = transfer.Open(db, transfer.Options{
		Hub: h, Containers: f.containers, Configurations: f.configurations, Import: rest.Importer(h),
		Host: host, Dir: filepath.Join(o.StateDir, transferFolder), Logger: o.Logger,
	})
	return f, err
}

// close ends what is there, also of features that could not all be opened.
func (f features) close() error {
	var errs []error
	if f.transfers != nil {
		errs = append(errs, f.transfers.Close())
	}
	if f.containers != nil {
		errs = append(errs, f.containers.Close())
	}
	if f.configurations != nil {
		errs = append(errs, f.configurations.Close())
	}
	if f.jobs != nil {
		errs = append(errs, f.jobs.Close())
	}
	if f.uploads != nil {
		errs = append(errs, f.uploads.Close())
	}
	return errors.Join(errs...)
}

// httpsHost is what a client puts into an https URL to reach this hub.
func (h *Hub) httpsHost() string {
	name := h.core.Names()[0]
	if port := h.ports.https.number; port != wellKnownHTTPS {
		return net.JoinHostPort(name, strconv.Itoa(port))
	}
	return name
}
