package device_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
)

// A device identity is made at the local hub, and its device sends one message.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "hubscope")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	local, err := localhub.Start(ctx, localhub.Options{StateDir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer local.Close(ctx)
	target := local.Target()
	registry, err := hub.New(hub.Options{Target: target})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer registry.Close()
	identity, err := registry.CreateDevice(ctx, hub.Device{DeviceID: "wind-1"})
	if err != nil {
		fmt.Println(err)
		return
	}

	client, err := device.New(
		target.Service.ForDevice("wind-1", identity.Auth.Primary),
		device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close(ctx)
	if err := client.Connect(ctx); err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := client.Send(device.Message{MessageID: "message_1", Text: `{"windSpeed": 13.4}`})
	if err != nil {
		fmt.Println(err)
		return
	}
	<-receipt.Done()
	fmt.Println(receipt.MessageID, "confirmed:", receipt.Err() == nil)
	// Output: message_1 confirmed: true
}
