// Package localhub is the built-in local hub: an IoT Hub on this machine, for
// unmodified SDKs, with no account. Start opens the state, makes the
// certificates and serves REST, MQTT and AMQP on four listeners:
//
//	h, err := localhub.Start(ctx, localhub.Options{StateDir: dir})
//	defer h.Close(ctx)
//	client, err := hub.New(hub.Options{Target: h.Target()})
//
// What the hub is lives in package core; rest, mqtt and amqp are its endpoints,
// store its file and tlsca its certificates.
package localhub
