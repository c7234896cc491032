package rest_test

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/rest"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/tlsca"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

func TestMain(m *testing.M) {
	// After a body that was not read to its end net/http lingers for half a second
	// on the connection, which the server's Close does not wait for.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// fixture is a real hub behind a real TLS listener.
type fixture struct {
	hub    *core.Hub
	addr   string
	caFile string
	http   *http.Client
	target hub.Target
	ahead  *atomic.Int64 // how far the hub's clock is ahead of the machine's
}

// advance moves the hub's clock.
func (f *fixture) advance(d time.Duration) { f.ahead.Add(int64(d)) }

func start(t testing.TB) *fixture {
	t.Helper()
	return startWith(t, rest.Options{})
}

func startWith(t testing.TB, o rest.Options) *fixture {
	t.Helper()
	return startMade(t, func(*core.Hub, *store.DB) rest.Options { return o })
}

// startMade starts with options that need the hub or its store.
func startMade(t testing.TB, options func(*core.Hub, *store.DB) rest.Options) *fixture {
	t.Helper()
	dir := t.TempDir()
	ahead := new(atomic.Int64)
	h, db := openHubAt(t, dir, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	ca, err := tlsca.Open(filepath.Join(dir, "tls"), []string{"localhost"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler: rest.Handler(h, options(h, db)), ConnContext: rest.WithSpelling,
		ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(rest.KeepSpelling(tls.NewListener(l, ca.ServerConfig()))) }()
	f := &fixture{hub: h, addr: l.Addr().String(), caFile: ca.CAFile(), ahead: ahead}
	f.target = hub.Target{Service: f.service(t, "iothubowner"), HTTPSAddr: f.addr, TLS: ca.ClientConfig(), Local: true}
	transport := &http.Transport{TLSClientConfig: ca.ClientConfig()}
	f.http = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		<-served
	})
	return f
}

func openHub(t testing.TB, dir string) *core.Hub {
	t.Helper()
	h, _ := openHubAt(t, dir, time.Now)
	return h
}

func openHubAt(t testing.TB, dir string, now func() time.Time) (*core.Hub, *store.DB) {
	t.Helper()
	db, err := store.Open(filepath.Join(dir, "hub.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := core.Open(db, core.Options{Names: []string{"localhost"}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, db
}

func (f *fixture) service(t testing.TB, policy string) connstr.Service {
	t.Helper()
	p, ok := f.hub.Policy(policy)
	if !ok {
		t.Fatalf("no policy %s", policy)
	}
	return connstr.Service{HostName: "localhost", PolicyName: policy, Key: p.Primary}
}

func (f *fixture) token(t testing.TB, policy string) string {
	t.Helper()
	return sign(t, "localhost", f.service(t, policy).Key, policy, time.Now().Add(time.Hour))
}

func sign(t testing.TB, resource string, key secret.Text, policy string, expiry time.Time) string {
	t.Helper()
	token, err := sas.IoTHub(resource, key, policy, expiry)
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

func (f *fixture) client(t testing.TB, policy string) *hub.Client {
	t.Helper()
	target := f.target
	target.Service = f.service(t, policy)
	c, err := hub.New(hub.Options{Target: target, Retry: hub.Retry{Tries: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// request is one HTTP request; by default it asks for the version that the Node SDK uses, as the hub's owner.
type request struct {
	method, path string
	version      string // "-": none
	token        string // "-": none
	header       http.Header
	body         string
}

type response struct {
	status int
	header http.Header
	body   string
}

func (f *fixture) do(t testing.TB, q request) response {
	t.Helper()
	if q.version == "" {
		q.version = "2021-04-12"
	}
	target := "https://" + f.addr + q.path
	if q.version != "-" {
		target += map[bool]string{true: "&", false: "?"}[strings.Contains(q.path, "?")] + "api-version=" + q.version
	}
	r, err := http.NewRequestWithContext(t.Context(), q.method, target, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range q.header {
		r.Header[name] = values // as it is spelled
	}
	if q.token == "" {
		q.token = f.token(t, "iothubowner")
	}
	if q.token != "-" {
		r.Header.Set("Authorization", q.token)
	}
	answer, err := f.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := response{answer.StatusCode, answer.Header, string(body)}
	got.check(t, q.method+" "+q.path)
	return got
}

// check holds for every answer: protocol 2.3 for refusals, JSON with its type for the others.
func (r response) check(t testing.TB, what string) {
	t.Helper()
	if r.header.Get("X-Ms-Request-Id") == "" {
		t.Errorf("%s: no x-ms-request-id", what)
	}
	if r.status == http.StatusAccepted && r.body == "" {
		return // a digital twin was written
	}
	if r.status == http.StatusNoContent {
		if r.body != "" {
			t.Errorf("%s: 204 with a body", what)
		}
		return
	}
	contentType := r.header.Get("Content-Type")
	if contentType == "application/octet-stream" && r.status == http.StatusOK {
		return // a message, whatever is in it
	}
	if contentType != "application/json; charset=utf-8" {
		t.Errorf("%s: Content-Type %q", what, contentType)
	}
	switch r.header.Get("Iothub-Errorcode") {
	case "BulkRegistryOperationFailure":
		r.bulkResult(t)
		return
	case "BulkRegenerateDeviceKeyOperationFailure":
		r.decode(t, new(wire.RegenerateResult))
		return
	}
	if r.status < 400 {
		if !json.Valid([]byte(r.body)) {
			t.Errorf("%s: body is not JSON: %.100s", what, r.body)
		}
		return
	}
	name, _ := r.refusal(t)
	if name == "" || name != r.header.Get("Iothub-Errorcode") {
		t.Errorf("%s: header and body name %q and %q", what, r.header.Get("Iothub-Errorcode"), name)
	}
}

// bulkResult reads the answer to POST /devices.
func (r response) bulkResult(t testing.TB) wire.BulkResult {
	t.Helper()
	var result wire.BulkResult
	r.decode(t, &result)
	if want := len(result.Errors) == 0; result.IsSuccessful != want || want != (r.status == http.StatusOK) || result.Errors == nil || result.Warnings == nil {
		t.Errorf("status %d with %s", r.status, r.body)
	}
	return result
}

func (r response) decode(t testing.TB, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(r.body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("status %d: %v: %s", r.status, err, r.body)
	}
}

// refusal takes an error body apart: the first shape as the Node SDK does, the
// second as the C# one, which gives no name.
func (r response) refusal(t testing.TB) (name, text string) {
	t.Helper()
	var body wire.ErrorBody
	r.decode(t, &body)
	if strings.HasPrefix(body.Message, "{") {
		detail := r.detail(t)
		return core.NewError(detail.ErrorCode, "").Name, detail.Message
	}
	if !strings.HasPrefix(body.ExceptionMessage, "Tracking ID:") {
		t.Errorf("ExceptionMessage %q", body.ExceptionMessage)
	}
	head, text, _ := strings.Cut(body.Message, ";")
	_, name, _ = strings.Cut(head, ":")
	return name, text
}

// detail reads the second shape.
func (r response) detail(t testing.TB) wire.ErrorDetail {
	t.Helper()
	var body wire.ErrorBody
	r.decode(t, &body)
	var detail wire.ErrorDetail
	response{r.status, r.header, body.Message}.decode(t, &detail)
	if body.ExceptionMessage != "" || detail.ErrorCode/1000 != r.status || detail.Info == nil || !strings.Contains(detail.TrackingID, "-TimeStamp:") {
		t.Errorf("status %d: %s", r.status, r.body)
	}
	if _, err := wire.ParseTime(detail.TimestampUTC); err != nil {
		t.Error(err)
	}
	return detail
}

func (f *fixture) create(t testing.TB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := f.hub.CreateDevice(t.Context(), wire.Device{DeviceID: id}); err != nil {
			t.Fatal(err)
		}
	}
}

func numbered(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = "wind-" + strconv.Itoa(1000+i)
	}
	return ids
}

// recorded is an answer as a client reads it: names of headers are spelled as the protocol does, and read in any case.
func recorded(w *httptest.ResponseRecorder) response {
	header := http.Header{}
	for name, values := range w.Header() {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	return response{w.Code, header, w.Body.String()}
}
