package connstr_test

import (
	"fmt"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

func Example() {
	hub, err := connstr.ParseService("HostName=myhub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(hub) // the key is masked
	fmt.Println(hub.ForDevice("wind-1", secret.New("a2V5")).Reveal())

	_, err = connstr.ParseService("HostName=myhub.azure-devices.net;SharedAccessKey=c2VjcmV0")
	fmt.Println(err)
	// Output:
	// HostName=myhub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=***
	// HostName=myhub.azure-devices.net;DeviceId=wind-1;SharedAccessKey=a2V5
	// connection string: SharedAccessKeyName is missing: add SharedAccessKeyName=<policy>, for example iothubowner
}
