package rest_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/upload"
	"hubscope/hub/secret"
)

func startUploads(t *testing.T) *fixture {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(filepath.Join(dir, "uploads.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	uploads, err := upload.Open(db, upload.Options{Dir: filepath.Join(dir, "uploads"), Host: func() string { return "localhost:8443" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := uploads.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return startWith(t, rest.Options{Uploads: uploads})
}

// Protocol 5.3: what a device asks for before and after it sends a file.
// Protocol 5.3.1, 5.3.3.
func TestFileUpload(t *testing.T) {
	f := startUploads(t)
	f.create(t, "d1", "d2")
	d, err := f.hub.Device("d1")
	if err != nil {
		t.Fatal(err)
	}
	token := sign(t, "localhost/devices/d1", secret.New(d.Authentication.SymmetricKey.PrimaryKey), "", time.Now().Add(time.Hour))
	begin := func(device, token, body string) response {
		return f.do(t, request{method: http.MethodPost, path: "/devices/" + device + "/files", token: token, body: body})
	}
	got := begin("d1", token, `{"blobName":"a.txt"}`)
	var ticket upload.Ticket
	got.decode(t, &ticket)
	if got.status != http.StatusOK || ticket.HostName != "localhost:8443" || ticket.BlobName != "d1/a.txt" || !strings.HasPrefix(ticket.SASToken, "?") {
		t.Errorf("%d %s", got.status, got.body)
	}
	done := func(path, body string) response {
		return f.do(t, request{method: http.MethodPost, path: "/devices/d1/files/notifications" + path, token: token, body: body})
	}
	completion := `{"correlationId":"` + ticket.CorrelationID + `","isSuccess":true,"statusCode":201,"statusDescription":"done"}`
	if got := done("", completion); got.status != http.StatusNoContent {
		t.Errorf("%d %s", got.status, got.body)
	}
	begin("d1", token, `{"blobName":"b.txt"}`).decode(t, &ticket)
	if got := done("/"+ticket.CorrelationID, `{"isSuccess":false,"statusCode":500,"statusDescription":""}`); got.status != http.StatusNoContent {
		t.Errorf("an old SDK: %d %s", got.status, got.body)
	}
	for name, c := range map[string]struct {
		got  response
		want string
	}{
		"finished before":   {done("", completion), "InvalidFileUploadCorrelationId"},
		"another device":    {begin("d2", token, `{"blobName":"a.txt"}`), "IotHubUnauthorizedAccess"},
		"no such device":    {begin("d3", "", `{"blobName":"a.txt"}`), "DeviceNotFound"},
		"a service's token": {begin("d1", f.token(t, "service"), `{"blobName":"a.txt"}`), "IotHubUnauthorizedAccess"},
		"no name":           {begin("d1", token, `{}`), "ArgumentInvalid"},
		"a way out":         {begin("d1", token, `{"blobName":"../d2/a.txt"}`), "ArgumentInvalid"},
	} {
		if code, _ := c.got.refusal(t); code != c.want {
			t.Errorf("%s: %s, want %s", name, code, c.want)
		}
	}
}

// Protocol 5.3.5.
func TestFileUploadNotConfigured(t *testing.T) {
	f := start(t)
	f.create(t, "d1")
	got := f.do(t, request{method: http.MethodPost, path: "/devices/d1/files", body: `{"blobName":"a.txt"}`})
	if code, _ := got.refusal(t); code != "DefaultStorageEndpointNotConfigured" {
		t.Errorf("%d %s", got.status, got.body)
	}
}
