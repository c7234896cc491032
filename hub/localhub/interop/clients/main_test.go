// Package clients are stories of programs that were written for IoT Hub and not for us: go-amqp and paho as devices,
// modules and services, azeventhubs as a reader, our own REST client and net/http as a back end. Each runs on the
// whole local hub, over TLS and over WebSocket, and knows of it what its user would: names, a key or certificate, the
// CA file. What mosquitto does stands in package mosquitto, the reading of much telemetry and the refusals on all
// protocols in package events, the official Node SDKs in the scripts beside them; package conformance has the table
// of areas and clients.
package clients

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// azeventhubs 2.0.2 leaves the renewal of a management link's claim behind.
		goleak.IgnoreAnyFunction("github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2/internal.(*Namespace).startNegotiateClaimRenewer.func3"))
}
