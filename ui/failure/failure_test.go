package failure

import (
	"errors"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/ui/page"
)

func TestOfKeepsTheTrackingID(t *testing.T) {
	r := Of("pump-7 not deleted", &hub.Error{Op: "delete", Status: 404, Code: 404001, Name: "DeviceNotFound", TrackingID: "T-1"})
	if r.Severity != page.Failure || r.TrackingID != "T-1" || !strings.Contains(r.Text, "there is no such device") || r.Next == "" {
		t.Errorf("%+v", r)
	}
}

func TestLearnOnlyFromARefusalOfRights(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		denied bool
	}{
		"rights":   {&hub.Error{Status: 401, Code: 401002, Name: "IotHubUnauthorizedAccess"}, true},
		"in words": {&hub.Error{Status: 401, Code: 401003, Message: "Authorization rule 'mine' does not allow access for 'RegistryWrite'"}, true},
		"key":      {&hub.Error{Status: 401, Code: 401003, Name: "IotHubUnauthorized"}, false},
		"network":  {errors.New("connection refused"), false},
	} {
		ctx := &page.Context{Rights: &page.Rights{}}
		Learn(ctx, page.Invoke, c.err, "call direct methods")
		if denied := !ctx.May(page.Invoke); denied != c.denied {
			t.Errorf("%s: denied is %v", name, denied)
		}
	}
}

func TestDenied(t *testing.T) {
	ctx := &page.Context{Rights: &page.Rights{ReadOnly: true}}
	if Denied(ctx, page.ReadTwins, "twin not read") != nil {
		t.Error("reading was denied")
	}
	r, ok := Denied(ctx, page.Invoke, "method not called")().(page.Report)
	if !ok || !strings.Contains(r.Text, "--read-only") {
		t.Errorf("%+v", r)
	}
}
