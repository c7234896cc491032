// Package mosquitto holds the local hub against programs of the mosquitto project, which nobody here wrote:
// mosquitto_pub and mosquitto_sub as devices, and mosquitto as the measure of the MQTT endpoint's rate.
package mosquitto

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// optIn is the environment variable without which the tests that start other programs are skipped.
const optIn = "HUBSCOPE_INTEROP"

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// azeventhubs 2.0.2 leaves the renewal of a management link's claim behind.
		goleak.IgnoreAnyFunction("github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2/internal.(*Namespace).startNegotiateClaimRenewer.func3"))
}

// program finds a program of another project, or skips the test.
func program(t *testing.T, name string) string {
	t.Helper()
	if os.Getenv(optIn) != "1" {
		t.Skipf("runs %s: set %s=1 to have it", name, optIn)
	}
	path := find(name)
	if path == "" {
		t.Skipf("%s is not installed (Debian: mosquitto-clients)", name)
	}
	return path
}
