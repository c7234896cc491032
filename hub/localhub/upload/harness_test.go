package upload_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/upload"
)

func TestMain(m *testing.M) {
	// See the tests of package rest: net/http lingers on connections whose body was not read.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// fixture is the service behind a real listener, with a clock that can be moved.
type fixture struct {
	*upload.Service
	dir    string
	server *httptest.Server
	close  func()

	mu            sync.Mutex
	ahead         time.Duration
	notifications []core.FileNotification
}

func start(t *testing.T) *fixture { return startIn(t, t.TempDir(), upload.Options{}) }

func startIn(t *testing.T, dir string, o upload.Options) *fixture {
	t.Helper()
	f := &fixture{dir: dir}
	db, err := store.Open(filepath.Join(dir, "hub.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var route http.Handler
	f.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { route.ServeHTTP(w, r) }))
	o.Dir = filepath.Join(dir, "uploads")
	o.Host = func() string { return f.server.Listener.Addr().String() }
	o.Now = func() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return time.Now().Add(f.ahead) }
	o.Notify = func(_ context.Context, n core.FileNotification) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.notifications = append(f.notifications, n)
		return nil
	}
	if f.Service, err = upload.Open(db, o); err != nil {
		t.Fatal(err)
	}
	route = f.Route(http.NotFoundHandler())
	f.server.StartTLS()
	f.close = sync.OnceFunc(func() {
		f.server.Close()
		if err := f.Service.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(f.close)
	return f
}

func (f *fixture) later(d time.Duration) { f.mu.Lock(); f.ahead += d; f.mu.Unlock() }

func (f *fixture) begin(t *testing.T, device, name string) upload.Ticket {
	t.Helper()
	ticket, err := f.Begin(t.Context(), device, name)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func address(ticket upload.Ticket) string {
	return "https://" + ticket.HostName + "/" + ticket.ContainerName + "/" + ticket.BlobName + ticket.SASToken
}

type response struct {
	status int
	code   string
	header http.Header
	body   string
}

func (f *fixture) do(t *testing.T, method, address, body string, header ...string) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := f.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := response{a.StatusCode, a.Header.Get("x-ms-error-code"), a.Header, string(text)}
	if got.status >= 400 && got.status != http.StatusNotFound && method != http.MethodHead && !strings.Contains(got.body, "<Error><Code>"+got.code+"</Code>") {
		t.Errorf("%s %s: %d %q", method, address, got.status, got.body)
	}
	return got
}

func (f *fixture) want(t *testing.T, got response, status int, code string) {
	t.Helper()
	if got.status != status || got.code != code {
		t.Errorf("%d %s, want %d %s: %s", got.status, got.code, status, code, got.body)
	}
}

const blockBlob = "BlockBlob"

func (f *fixture) put(t *testing.T, ticket upload.Ticket, body string) {
	t.Helper()
	f.want(t, f.do(t, http.MethodPut, address(ticket), body, "x-ms-blob-type", blockBlob), http.StatusCreated, "")
}
