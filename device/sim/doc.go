// Package sim runs simulated devices: each connects as a device identity, sends the telemetry of its
// profile on schedule, and counts what became of it.
//
//	fleet := sim.NewFleet(sim.FleetOptions{Profile: sim.Wind()})
//	err := fleet.Start(cs)
//	statuses := fleet.Status()
//	err = fleet.Close(ctx)
//
// A simulated device goes on by itself through lost networks and restarts of the hub. It stops, and
// says why, when going on cannot help: a wrong key, an unknown or disabled device, a certificate that is
// not trusted.
package sim
