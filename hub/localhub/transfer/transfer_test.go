package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/transfer"
	"hubscope/hub/wire"
)

const (
	jobQuota     = 403003
	jobNotFound  = 404002
	badContainer = 400008
)

func wantCode(t *testing.T, what string, err error, code int) {
	t.Helper()
	if !errors.Is(err, &core.Error{Code: code}) {
		t.Errorf("%s: %v, want %d", what, err, code)
	}
}

// Protocol 2.8, and 2.4 for the lines.
// Protocol 2.8.7.
func TestImportAndExport(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	uri := f.uri(t, "jobs")
	f.write(t, uri, "devices.txt", "\ufeff"+strings.Join([]string{
		`{"id":"a","importMode":"create","tags":{"floor":1},"properties":{"desired":{"speed":2}}}`,
		`{"id":"a","moduleId":"m","importMode":"create"}`,
		``,
		`{"id":"b","status":"disabled"}`,
		`{"id":"a","importMode":"create"}`,
		`not JSON`,
		`{"id":"c","importMode":"update"}`,
	}, "\r\n"))
	j := f.until(t, f.create(t, wire.TransferJob{Type: "Import", InputBlobContainerURI: uri, OutputBlobContainerURI: uri}).JobID, wire.JobCompleted)
	if j.Progress != 100 || j.Type != wire.TransferImport || strings.Contains(j.InputBlobContainerURI+j.OutputBlobContainerURI, "sig") {
		t.Errorf("%+v", j)
	}
	for _, want := range []string{`"deviceId":"a","errorCode":"DeviceAlreadyExists"`, `Line 6 is not`, `"deviceId":"c","errorCode":"DeviceNotFound"`} {
		if got := f.read(t, uri, "importErrors.log"); strings.Count(got, want) != 1 || strings.Count(got, "\n") != 3 {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	f.until(t, f.create(t, wire.TransferJob{Type: "export", OutputBlobContainerURI: uri, OutputBlobName: "out.txt", ExcludeKeysInExport: true}).JobID, wire.JobCompleted)
	lines := strings.Split(strings.TrimSpace(f.read(t, uri, "out.txt")), "\n")
	if len(lines) != 3 {
		t.Fatalf("%q", lines)
	}
	for i, wants := range [][]string{
		{`"id":"a"`, `"tags":{"floor":1}`, `"speed":2`, `"authentication":null`, `"twinETag":`},
		{`"moduleId":"m"`, `"authentication":null`},
		{`"id":"b"`, `"status":"disabled"`},
	} {
		for _, want := range wants {
			if !strings.Contains(lines[i], want) {
				t.Errorf("no %s in %s", want, lines[i])
			}
		}
	}
}

func TestConfigurations(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	uri := f.uri(t, "jobs")
	f.write(t, uri, "devices.txt", "")
	f.write(t, uri, "configurations.txt", `{"id":"c1","content":{"deviceContent":{"properties.desired.x":1}},"targetCondition":"*","importMode":"createOrUpdate"}
{"id":"c2","importMode":"delete"}
`)
	f.until(t, f.create(t, wire.TransferJob{Type: "import", InputBlobContainerURI: uri, OutputBlobContainerURI: uri, IncludeConfigurations: true}).JobID, wire.JobCompleted)
	if got := f.read(t, uri, "importErrors.log"); !strings.Contains(got, "ConfigurationNotFound") || strings.Count(got, "\n") != 1 {
		t.Errorf("%s", got)
	}
	f.until(t, f.create(t, wire.TransferJob{Type: "export", OutputBlobContainerURI: uri, IncludeConfigurations: true, ConfigurationsBlobName: "adm.txt"}).JobID, wire.JobCompleted)
	if got := f.read(t, uri, "adm.txt"); !strings.Contains(got, `"id":"c1"`) {
		t.Errorf("%s", got)
	}
}

// blockedImport stops an import after its first batch.
func blockedImport(ctx context.Context, reached chan<- struct{}, batches *atomic.Int64) func(*transfer.Options) {
	var once sync.Once
	return func(o *transfer.Options) {
		plain := o.Import
		o.Import = func(job context.Context, items []wire.BulkItem) ([]wire.BulkError, error) {
			if batches.Add(1) == 2 {
				once.Do(func() { close(reached) })
				select {
				case <-job.Done():
					return nil, job.Err()
				case <-ctx.Done():
				}
			}
			return plain(job, items)
		}
	}
}

func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"id\":\"d%04d\",\"importMode\":\"create\"}\n", i)
	}
	return b.String()
}

// A job goes on when the hub starts again, behind the lines that are done: each
// line of a create would otherwise be an error.
func TestResume(t *testing.T) {
	dir, reached := t.TempDir(), make(chan struct{})
	f := start(t, dir, blockedImport(t.Context(), reached, new(atomic.Int64)))
	uri := f.uri(t, "jobs")
	f.write(t, uri, "devices.txt", manyLines(250))
	j := f.create(t, wire.TransferJob{Type: "import", InputBlobContainerURI: uri, OutputBlobContainerURI: uri})
	<-reached
	if got, err := f.Job(j.JobID); err != nil || got.Status != wire.JobRunning || got.Progress != 40 {
		t.Errorf("%+v %v", got, err)
	}
	_, err := f.Create(t.Context(), wire.TransferJob{Type: "export", OutputBlobContainerURI: uri})
	wantCode(t, "a second job", err, jobQuota)
	f.close()

	f = start(t, dir, nil)
	f.until(t, j.JobID, wire.JobCompleted)
	if got := f.hub.RegistryStatistics().TotalDeviceCount; got != 250 {
		t.Errorf("%d devices", got)
	}
	if got := f.read(t, uri, "importErrors.log"); got != "" {
		t.Errorf("%s", got)
	}
}

func TestCancel(t *testing.T) {
	reached := make(chan struct{})
	f := start(t, t.TempDir(), blockedImport(t.Context(), reached, new(atomic.Int64)))
	uri := f.uri(t, "jobs")
	f.write(t, uri, "devices.txt", manyLines(250))
	j := f.create(t, wire.TransferJob{Type: "import", InputBlobContainerURI: uri, OutputBlobContainerURI: uri})
	<-reached
	if err := f.Cancel(t.Context(), j.JobID); err != nil {
		t.Fatal(err)
	}
	if got := f.until(t, j.JobID, wire.JobCancelled); got.EndTimeUTC == nil {
		t.Errorf("%+v", got)
	}
	next := f.create(t, wire.TransferJob{Type: "export", OutputBlobContainerURI: uri})
	f.until(t, next.JobID, wire.JobCompleted)
	if got := f.hub.RegistryStatistics().TotalDeviceCount; got != 100 {
		t.Errorf("%d devices", got)
	}
	wantCode(t, "one that is not there", f.Cancel(t.Context(), "none"), jobNotFound)
	jobs, err := f.Jobs()
	if err != nil || len(jobs) != 2 || jobs[0].JobID != next.JobID {
		t.Errorf("%+v %v", jobs, err)
	}
}

func TestRefusals(t *testing.T) {
	f := start(t, t.TempDir(), nil)
	uri := f.uri(t, "jobs")
	plain, _, _ := strings.Cut(uri, "?")
	for name, c := range map[string]struct {
		job  wire.TransferJob
		code int
	}{
		"another host":     {wire.TransferJob{Type: "export", OutputBlobContainerURI: "https://example.org/jobs?sig=x"}, badContainer},
		"a private one":    {wire.TransferJob{Type: "export", OutputBlobContainerURI: "http://192.168.0.1/jobs"}, badContainer},
		"a file":           {wire.TransferJob{Type: "export", OutputBlobContainerURI: "file:///etc"}, badContainer},
		"no URL":           {wire.TransferJob{Type: "export", OutputBlobContainerURI: "jobs"}, badContainer},
		"no token":         {wire.TransferJob{Type: "export", OutputBlobContainerURI: plain}, badContainer},
		"a changed token":  {wire.TransferJob{Type: "export", OutputBlobContainerURI: strings.Replace(uri, "se=20", "se=21", 1)}, badContainer},
		"no container":     {wire.TransferJob{Type: "export", OutputBlobContainerURI: strings.Replace(uri, "/jobs", "/other", 1)}, badContainer},
		"its own parent":   {wire.TransferJob{Type: "export", OutputBlobContainerURI: strings.Replace(uri, "/jobs", "/..", 1)}, badContainer},
		"no output":        {wire.TransferJob{Type: "export"}, core.CodeArgumentInvalid},
		"no input":         {wire.TransferJob{Type: "import", OutputBlobContainerURI: uri}, core.CodeArgumentInvalid},
		"another type":     {wire.TransferJob{Type: "backup", OutputBlobContainerURI: uri}, core.CodeArgumentInvalid},
		"another identity": {wire.TransferJob{Type: "export", OutputBlobContainerURI: uri, StorageAuthenticationType: "none"}, core.CodeArgumentInvalid},
	} {
		_, err := f.Create(t.Context(), c.job)
		wantCode(t, name, err, c.code)
		if err != nil && strings.Contains(err.Error(), "sig=") {
			t.Errorf("%s: a token in %v", name, err)
		}
	}
	j := f.create(t, wire.TransferJob{Type: "import", InputBlobContainerURI: uri, OutputBlobContainerURI: uri, InputBlobName: "none.txt"})
	if got := f.until(t, j.JobID, wire.JobFailed); !strings.Contains(got.FailureReason, "none.txt") {
		t.Errorf("%+v", got)
	}
}

// A storage emulator on this machine will do; one that sends the hub elsewhere, not.
func TestEmulator(t *testing.T) {
	var mu sync.Mutex
	blobs := map[string]string{"/account/jobs/devices.txt": `{"id":"a"}`}
	away := "http://192.0.2.1/"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		text, found := blobs[r.URL.Path]
		switch {
		case r.URL.Query().Get("sig") != "secret":
			http.Redirect(w, r, away, http.StatusFound)
		case r.Method == http.MethodPut && r.Header.Get("x-ms-blob-type") == "BlockBlob":
			var b strings.Builder
			_, _ = io.Copy(&b, r.Body)
			blobs[r.URL.Path] = b.String()
			w.WriteHeader(http.StatusCreated)
		case !found:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write([]byte(text))
		}
	}))
	defer server.Close()
	f := start(t, t.TempDir(), nil)
	uri := server.URL + "/account/jobs?sig=secret"
	f.until(t, f.create(t, wire.TransferJob{Type: "import", InputBlobContainerURI: uri, OutputBlobContainerURI: uri}).JobID, wire.JobCompleted)
	f.until(t, f.create(t, wire.TransferJob{Type: "export", OutputBlobContainerURI: uri, OutputBlobName: "out.txt"}).JobID, wire.JobCompleted)
	mu.Lock()
	if got := blobs["/account/jobs/out.txt"]; !strings.Contains(got, `"id":"a"`) {
		t.Errorf("%q", got)
	}
	mu.Unlock()
	j := f.create(t, wire.TransferJob{Type: "export", OutputBlobContainerURI: server.URL + "/account/jobs?sig=guess"})
	if got := f.until(t, j.JobID, wire.JobFailed); !strings.Contains(got.FailureReason, "302") || strings.Contains(got.FailureReason, "guess") {
		t.Errorf("%+v", got)
	}
}
