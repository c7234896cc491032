package localhub

import (
	"errors"
	"net"
	"path/filepath"
	"strconv"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/upload"
)

// uploadFolder is in the state folder: what devices have uploaded.
const uploadFolder = "uploads"

// features are what a hub does beyond core, each with its own part of the state.
type features struct {
	uploads *upload.Service
}

func openFeatures(db *store.DB, h *core.Hub, o Options, host func() string) (f features, err error) {
	f.uploads, err = upload.Open(db, upload.Options{
		Dir: filepath.Join(o.StateDir, uploadFolder), Host: host, Notify: h.AddFileNotification, Logger: o.Logger,
	})
	return f, err
}

// close ends what is there, also of features that could not all be opened.
func (f features) close() error {
	var errs []error
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
