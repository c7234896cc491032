// Package device is the device side of IoT Hub over MQTT 3.1.1: it connects a device identity with a
// SAS token, sends its telemetry, and keeps the connection alive (the protocol reference, sections 4
// and 10).
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
// Paho does the protocol's connection: CONNECT, keep-alive, reading, DISCONNECT. This package owns
// what is around it: which messages are on their way, when to connect again and with which token.
package device
