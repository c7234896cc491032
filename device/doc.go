// Package device is the device side of IoT Hub over MQTT 3.1.1: it connects a device identity with a
// SAS token or a certificate, over TLS or over WebSocket, sends its telemetry, and keeps the connection
// alive (the protocol reference, sections 4 and 10).
//
//	cs, err := connstr.ParseDevice("HostName=...;DeviceId=wind-1;SharedAccessKey=...")
//	client, err := device.New(cs, device.Options{})
//	err = client.Connect(ctx)
//	receipt, err := client.Send(device.Message{Text: `{"windSpeed": 13.4}`})
//	<-receipt.Done()
//	err = client.Close(ctx)
//
// A message that was taken by [Client.Send] ends in exactly one of two ways: confirmed by the hub, or
// failed with an error, at the latest after the message time-out. In between it survives lost
// connections and the renewal of the token; it is sent again, in order, until it is confirmed. State is
// in memory only: what is not confirmed when the process ends is gone.
//
// A device that is given handlers takes what the hub sends: cloud-to-device messages (Options.OnMessage), direct methods
// (OnMethod) and desired properties (OnDesired); only what has a handler is subscribed to. [Client.Twin] reads the twin and
// [Client.Report] changes its reported properties. Twin requests survive a lost connection, answers to methods do not.
//
// MQTT's packets are made and decoded by paho's codec (github.com/eclipse/paho.mqtt.golang/packets), behind a reader of our
// own that does not trust what is announced. Its client is not used: it keeps ten
// goroutines for a connection, and with it a simulated device took 92 kB, 41 kB of them stacks. Here a
// connection has two: one reads, the other one owns the connection, writes and keeps it alive; what needs a deep stack
// for a moment, as TLS does, runs on goroutines that end. That is 52 to 56 kB with everything
// that the simulator keeps, all handlers subscribed, and two to
// four times the messages a second of paho's client (BenchmarkMemoryOfADevice in device/sim, BenchmarkAgainstPaho).
package device
