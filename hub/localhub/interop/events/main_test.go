// Package events holds the whole local hub, over its sockets, against clients that nobody here wrote: what paho
// and mosquitto_pub send is read with azeventhubs as it is, given nothing but EVENTHUB_CONNECTION_STRING; and what
// must be refused is refused over REST, MQTT and AMQP alike.
package events

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// azeventhubs 2.0.2 leaves the renewal of a management link's claim behind.
		goleak.IgnoreAnyFunction("github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2/internal.(*Namespace).startNegotiateClaimRenewer.func3"))
}
