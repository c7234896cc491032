// Package hub is the service side of an IoT Hub over its REST API, version
// [APIVersion]: the identity registry with modules and bulk changes, twins, direct
// methods, queries and statistics.
//
//	target, err := hub.TargetFromEnv(os.Getenv, connectionString)
//	client, err := hub.New(hub.Options{Target: target})
//	device, err := client.CreateDevice(ctx, hub.Device{DeviceID: "wind-1"})
//
// It knows no screen. Events are read by package hub/events.
package hub

// APIVersion is the version of the REST API that every call asks for (protocol 2.0).
const APIVersion = "2021-04-12"
