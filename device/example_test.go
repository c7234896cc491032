package device_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/secret"
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

// A device that takes what the hub sends. Which of it has a handler is all that is subscribed to.
func ExampleOptions_twoWay() {
	o := device.Options{
		OnMessage: func(m *device.Incoming) device.Settlement {
			fmt.Printf("message %s: %s\n", m.MessageID, m.Body)
			return device.Complete
		},
		OnMethod: func(_ context.Context, r device.MethodRequest) device.MethodResponse {
			if r.Name != "echo" {
				return device.MethodResponse{Status: 404}
			}
			return device.MethodResponse{Status: 200, Payload: r.Payload}
		},
		OnDesired: func(p device.DesiredPatch) { fmt.Printf("desired, version %d: %s\n", p.Version, p.Patch) },
		OnProblem: func(err error) { fmt.Println(err) },
	}
	client, err := device.New(connstr.Device{HostName: "hub.example", DeviceID: "wind-1", Key: secret.New("c2VjcmV0")}, o)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close(context.Background())
	fmt.Println(client.State().Phase)
	// Output: disconnected
}
