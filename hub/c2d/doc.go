// Package c2d sends cloud-to-device messages: the service side, over AMQP 1.0, which is the only way that the official
// service SDKs use (protocol 6.3).
//
//	sender, err := c2d.New(events.Options{Service: service})
//	if err != nil {
//		return err
//	}
//	defer sender.Close()
//	receipt, err := sender.Send(ctx, c2d.To{DeviceID: "pump-7"}, c2d.Message{Body: []byte("on"), Ack: c2d.AckFull})
//
// What became of a message that asked for it is told by the hub's feedback, which [hubscope/hub/events.QueueReader]
// reads. How many wait for a device, and the purging of them, is the registry's matter: hub.Client.
package c2d
