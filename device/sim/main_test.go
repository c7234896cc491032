package sim

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(peerVariable) != "" {
		servePeer()
		return
	}
	if os.Getenv(hubVariable) != "" {
		serveHub()
		return
	}
	goleak.VerifyTestMain(m,
		// azeventhubs ends this one when the token ends, not when the client is closed.
		goleak.IgnoreAnyFunction("github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2/internal.(*Namespace).startNegotiateClaimRenewer.func3"))
}
