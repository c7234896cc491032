package hub_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// Azure answers 404 to what it does not know: an error says why, and is told from
// a fault that is gone.
func TestFaultsOfAHubThatIsNotLocal(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	client, err := hub.New(hub.Options{
		Target: hub.Target{Service: connstr.Service{
			HostName: strings.TrimPrefix(server.URL, "https://"), PolicyName: "iothubowner", Key: secret.New("c2VjcmV0"),
		}},
		HTTPClient: server.Client(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"Faults":      func() error { _, err := client.Faults(t.Context()); return err },
		"SetFaults":   func() error { _, err := client.SetFaults(t.Context(), hub.Fault{Kind: hub.FaultDrop}); return err },
		"AddFaults":   func() error { _, err := client.AddFaults(t.Context(), hub.Fault{Kind: hub.FaultDrop}); return err },
		"RemoveFault": func() error { return client.RemoveFault(t.Context(), 1) },
		"ClearFaults": func() error { return client.ClearFaults(t.Context()) },
	} {
		err := call()
		if !errors.Is(err, hub.ErrNotLocal) || !errors.Is(err, hub.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if sentence, next := hub.Explain(err); !strings.Contains(sentence, "only a local hub") || next == "" {
			t.Errorf("%s: %q, %q", name, sentence, next)
		}
	}
}
