// Package events reads the device-to-cloud messages of an Azure IoT Hub from its
// Event Hubs-compatible endpoint, with the unmodified azeventhubs client.
//
// A [Monitor] follows every partition (or those asked for) from a [Position] and hands
// batches of [Event] and each change of a [PartitionState] to a [Sink]. It resumes after the
// last sequence number of each partition when a connection drops or the hub restarts, so that
// nothing is lost and nothing comes twice, and it keeps trying for as long as its context lives;
// only a failure that waiting cannot mend (a wrong key, a consumer group that does not exist)
// ends it, with an [*Error]. One that is about a single partition (another reader took it) stops
// that alone.
//
// What happens beside failures it tells by a [Notice]: events that retention deleted before they were
// read, a hub that was made anew, a sleep of this machine, an endpoint that moved. Where port 5671 is
// blocked, [Options.WebSocket] reads on 443; [Probe] and the errors tell whether that works.
//
// Given the connection string of an IoT Hub it finds the endpoint by the AMQP link redirect
// ([Discover]); given an Event Hubs-compatible connection string it goes there directly.
//
//	m, err := events.New(events.Options{Service: service})
//	if err != nil {
//		return err
//	}
//	return m.Run(ctx, sink) // until ctx ends
//
// Sending events, checkpoints in a store and sharing partitions among several readers are left
// to other tools.
package events
