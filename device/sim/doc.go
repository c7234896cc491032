// Package sim runs simulated devices: each connects as a device identity, sends the messages of its profile on schedule,
// answers what comes from the hub, and counts what became of it all.
//
//	fleet := sim.NewFleet(sim.FleetOptions{})
//	err := fleet.Start(cs)
//	statuses := fleet.Status()
//	err = fleet.Close(ctx)
//
// A simulated device goes on by itself through lost networks and restarts of the hub. It stops, and
// says why, when going on cannot help: a wrong key, an unknown or disabled device, a certificate that is
// not trusted, a profile that can make no message any more.
//
// # Schedules
//
// Each kind of message of a profile has a schedule of its own that does not drift. Times that were missed, since the
// machine slept, are passed over. One scheduler serves all devices of a fleet. While there is no connection messages are
// made as planned and wait in the client; they are counted as failed when they waited for too long or are too many.
//
// # Faults
//
// A [Fault] is a trouble that a device has: once, by schedule or by chance. What faults do to messages is told apart from
// what the hub does: see [Status].
//
// # Proof
//
// Unless Options.NoProof says otherwise each message carries the name of its run and its number in it, so that whoever
// reads the events can prove what became of them. A number is taken when a message is made, and never given twice:
//
//   - a message that is skipped, refused or never confirmed has taken its number, which is missing in the events: it
//     is lost, and seen to be;
//   - a copy made by a fault carries the same number: it is seen twice. A message that the client wrote again after a
//     lost connection may be seen twice too, as MQTT's at-least-once has it;
//   - a message that is held back keeps the number and the time of its making: it is seen late, out of order, and its
//     end-to-end latency includes how long it was held;
//   - what the profile could not make, and what was never due, has no number: nothing is missing.
//
// The numbers count all kinds of messages of a device together.
package sim
