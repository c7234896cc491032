// Package jobs runs the scheduled jobs of the local hub, version 2: a write to
// many twins or a direct method on many devices, now or later (protocol 2.8).
//
// A job and its outcome on every device are in the store, and a hub that starts
// again goes on where it was. A device that was being worked on when the hub died
// is done again: a method may then be invoked twice, never not at all.
package jobs
