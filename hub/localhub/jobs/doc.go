// Package jobs runs the scheduled jobs of the local hub, version 2: a write to
// many twins or a direct method on many devices, now or later (protocol 2.8).
//
// A job and its outcome on every device are in the store, and a hub that starts
// again goes on where it was. Of the devices that were being worked on when the
// hub ended (Options.Workers at most), a twin is patched again, which leaves it as
// the first time did but for its version. A method is invoked at most once: the
// device counts as failed, and its error says that the method may have run.
package jobs
