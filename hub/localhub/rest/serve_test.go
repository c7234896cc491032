package rest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/rest"
)

// A client that never sends the body that it announced does not hold the hub.
func TestBodyThatNeverComes(t *testing.T) {
	f := startWith(t, rest.Options{BodyTimeout: 50 * time.Millisecond})
	conn, err := tls.Dial("tcp", f.addr, f.target.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "PUT /devices/d?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nAuthorization: %s\r\n\r\n{", f.token(t, "iothubowner"))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "not in time") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// broken is a query engine with the faults that code can have.
type broken struct{ fault func() error }

func (b broken) Query(context.Context, string, int, string) (query.Page, error) {
	return query.Page{Items: []any{func() {}}}, b.fault()
}

// A fault of the hub's own is a 500 in the service's shape, and only the log has
// the details.
// Protocol 2.3.7.
func TestFaultsOfTheHub(t *testing.T) {
	for name, fault := range map[string]func() error{
		"panic":            func() error { panic("secret detail") },
		"unknown error":    func() error { return errors.New("secret detail") },
		"unwritable items": func() error { return nil },
		"throttled": func() error {
			e := core.NewError(429001, "Slow down.")
			e.RetryAfter = 1500 * time.Millisecond
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			f := startWith(t, rest.Options{Query: broken{fault}, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
			got := f.do(t, request{method: http.MethodPost, path: "/devices/query", body: `{"query":"x"}`})
			if name == "throttled" {
				if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "2" {
					t.Errorf("%d, Retry-After %q", got.status, got.header.Get("Retry-After"))
				}
				return
			}
			if got.status != http.StatusInternalServerError || strings.Contains(got.body, "detail") {
				t.Errorf("%d %s", got.status, got.body)
			}
			if logged.Len() == 0 || strings.Contains(logged.String(), "sig=") {
				t.Errorf("log: %s", logged.String())
			}
		})
	}
}
