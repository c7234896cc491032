package transfer_test

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/transfer"
	"hubscope/hub/localhub/upload"
	"hubscope/hub/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is the service on a real hub with real containers.
type fixture struct {
	*transfer.Service
	hub        *core.Hub
	containers *upload.Containers
	close      func()
}

func start(t *testing.T, dir string, change func(*transfer.Options)) *fixture {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(filepath.Join(dir, "hub.db"), store.Options{})
	must(err)
	f := &fixture{}
	f.hub, err = core.Open(db, core.Options{})
	must(err)
	host := func() string { return "localhost" }
	f.containers, err = upload.OpenContainers(db, upload.Options{Dir: filepath.Join(dir, "containers"), Host: host})
	must(err)
	configurations, err := adm.Open(db, adm.Options{Hub: f.hub, Language: selection.New(f.hub, nil)})
	must(err)
	o := transfer.Options{
		Hub: f.hub, Containers: f.containers, Configurations: configurations, Import: rest.Importer(f.hub),
		Host: host, Dir: filepath.Join(dir, "transfers"),
	}
	if change != nil {
		change(&o)
	}
	f.Service, err = transfer.Open(db, o)
	must(err)
	f.close = sync.OnceFunc(func() {
		for _, end := range []func() error{f.Service.Close, configurations.Close, f.containers.Close, f.hub.Close, db.Close} {
			if err := end(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Cleanup(f.close)
	return f
}

func (f *fixture) uri(t *testing.T, name string) string {
	t.Helper()
	uri, _, err := f.containers.Ensure(name)
	if err != nil {
		t.Fatal(err)
	}
	return uri
}

func (f *fixture) folder(t *testing.T, uri string) *upload.Folder {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := f.containers.Open(u, "rw", false)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func (f *fixture) write(t *testing.T, uri, blob, text string) {
	t.Helper()
	if err := f.folder(t, uri).Write(t.Context(), blob, strings.NewReader(text), int64(len(text))); err != nil {
		t.Fatal(err)
	}
}

// read gives "" for a blob that is not there.
func (f *fixture) read(t *testing.T, uri, blob string) string {
	t.Helper()
	r, err := f.folder(t, uri).Read(t.Context(), blob)
	if err != nil {
		return ""
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (f *fixture) create(t *testing.T, j wire.TransferJob) wire.TransferJob {
	t.Helper()
	created, err := f.Create(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return created
}

// until waits for a job to get a status.
func (f *fixture) until(t *testing.T, id, status string) wire.TransferJob {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		j, err := f.Job(id)
		if err != nil {
			t.Fatal(err)
		}
		if j.Status == status {
			return j
		}
		if j.EndTimeUTC != nil || time.Now().After(end) {
			t.Fatalf("job %s is %s, want %s: %s", id, j.Status, status, j.FailureReason)
		}
	}
}
