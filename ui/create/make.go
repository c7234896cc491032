package create

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub"
	"hubscope/hub/selfsigned"
)

// order is what is to be made.
type order struct {
	device      hub.Device
	parent      string // id or scope of an IoT Edge device
	tags        json.RawMessage
	certificate wantedCertificate
	half        hub.Device // there already: only the tags are left to do
}

// wantedCertificate is a certificate to be made, or one that was made for a call before.
type wantedCertificate struct {
	folder string // "": none
	valid  time.Duration
	kept   keptCertificate
}

// keptCertificate is one that has been written.
type keptCertificate struct {
	deviceID, folder string
	certificate      selfsigned.Certificate
	files            selfsigned.Files
}

// wanted is the certificate of a device in a folder: the one that is kept when it is for them.
func (k keptCertificate) wanted(deviceID, folder string, valid time.Duration) wantedCertificate {
	w := wantedCertificate{folder: folder, valid: valid}
	if k.deviceID == deviceID && k.folder == folder {
		w.kept = k
	}
	return w
}

// outcome is how far the making came.
type outcome struct {
	order  order
	device hub.Device      // as the hub made it, when it did
	kept   keptCertificate // what was written and is still there
	asked  bool            // the hub was asked to make it
	err    error           // why it did not make it
	tags   error           // why it has no tags
}

type oneMsg struct {
	one     *one
	outcome outcome
}

// make runs an order. It goes on when the form is left: what a hub has begun cannot be taken back.
func (f *one) make(o order) tea.Cmd {
	store, base, unsure := f.d.o.Store, f.d.box.Base(), f.unsure
	return f.d.box.Act(func() tea.Msg { return oneMsg{f, carryOut(base, store, o, unsure)} })
}

func carryOut(ctx context.Context, store Store, o order, unsure bool) outcome {
	out := outcome{order: o, device: o.half}
	if o.half.DeviceID == "" {
		out.createDevice(ctx, store, unsure)
	}
	if out.err == nil && len(o.tags) > 0 {
		out.tags = limited(ctx, func(ctx context.Context) error {
			_, err := store.PatchTwin(ctx, o.device.DeviceID, hub.TwinUpdate{Tags: o.tags})
			return err
		})
	}
	return out
}

func (out *outcome) createDevice(ctx context.Context, store Store, unsure bool) {
	d := out.order.device
	if out.err = limited(ctx, func(ctx context.Context) error { return join(ctx, store, &d, out.order.parent) }); out.err != nil {
		return
	}
	if out.err = out.certify(&d); out.err != nil {
		return
	}
	out.asked = true
	out.err = limited(ctx, func(ctx context.Context) (err error) {
		out.device, err = store.CreateDevice(ctx, d)
		return err
	})
	if out.err != nil && refused(out.err) && !unsure {
		out.discard()
	}
}

// join puts the device below its parent (protocol 2.4): an IoT Edge device has a scope of its own besides.
func join(ctx context.Context, store Store, d *hub.Device, parent string) error {
	if parent == "" {
		return nil
	}
	scope := parent
	if !strings.HasPrefix(parent, hub.ScopePrefix) {
		above, err := store.Device(ctx, parent)
		switch {
		case errors.Is(err, hub.ErrNotFound):
			return &parentError{fmt.Sprintf("there is no device %q to be the parent", parent)}
		case err != nil:
			return err
		case !above.IoTEdge || above.Scope == "":
			return &parentError{fmt.Sprintf("%q cannot be the parent: it is no IoT Edge device", parent)}
		}
		scope = above.Scope
	}
	d.Join(scope)
	return nil
}

// parentError is why a device cannot be the parent.
type parentError struct{ reason string }

func (e *parentError) Error() string { return e.reason }

// Explain implements hub.Explainer.
func (e *parentError) Explain() (sentence, next string) {
	return e.reason, "write another parent, or none"
}

// certify makes the certificate when one is wanted, and writes it before the hub learns of it: a device whose key is
// lost would be of no use.
func (out *outcome) certify(d *hub.Device) error {
	w := out.order.certificate
	if w.folder == "" {
		return nil
	}
	out.kept = w.kept
	if out.kept.files.IsZero() {
		c, err := selfsigned.New(d.DeviceID, selfsigned.Options{Valid: w.valid})
		if err != nil {
			return err
		}
		files, err := c.Save(w.folder, d.DeviceID)
		if err != nil {
			return err
		}
		out.kept = keptCertificate{d.DeviceID, w.folder, c, files}
	}
	d.Auth.PrimaryThumbprint = out.kept.certificate.Thumbprint()
	return nil
}

// discard takes the files away again: the hub has refused the device that they are for.
func (out *outcome) discard() {
	if !out.kept.files.IsZero() && out.kept.files.Remove() == nil {
		out.kept = keptCertificate{}
	}
}

// refused tells an answer of the hub from a call that may have worked all the same.
func refused(err error) bool {
	var e *hub.Error
	return errors.As(err, &e) && e.Status < 500
}

func limited(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return call(ctx)
}
