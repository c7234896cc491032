package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"hubscope/hub/localhub/core"
)

const (
	storageVersion  = "2019-12-12" // of the storage API, for emulators of any age
	emulatorTimeout = 10 * time.Minute
)

// emulator is a container of a storage emulator on this machine, such as Azurite.
type emulator struct {
	uri    *url.URL
	client *http.Client
}

// openEmulator takes addresses of this machine only: whoever may start a job must
// not be able to send the hub anywhere else.
func (s *Service) openEmulator(uri *url.URL) (container, error) {
	if uri.Scheme != "http" && uri.Scheme != "https" || !isLoopback(uri.Hostname()) {
		return nil, core.NewError(codeContainer, "The local hub reaches no storage but its own containers, https://%s/containers/..., and emulators on 127.0.0.1: it does not ask '%.64s'.", s.o.Host(), uri.Hostname())
	}
	return emulator{uri, s.emulator}, nil
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

var errElsewhere = errors.New("not an address of this machine")

// newEmulatorClient connects to this machine only, whatever a name turns out to
// mean, follows nothing and uses no proxy.
func newEmulatorClient() *http.Client {
	dialer := net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil || !net.ParseIP(host).IsLoopback() {
			return errElsewhere
		}
		return nil
	}}
	return &http.Client{
		Timeout:       emulatorTimeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConns: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (e emulator) Read(ctx context.Context, blob string) (io.ReadCloser, error) {
	answer, err := e.do(ctx, http.MethodGet, blob, nil, 0)
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

func (e emulator) Write(ctx context.Context, blob string, from io.Reader, size int64) error {
	answer, err := e.do(ctx, http.MethodPut, blob, from, size)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

func (e emulator) do(ctx context.Context, method, blob string, body io.Reader, size int64) (*http.Response, error) {
	at := e.uri.JoinPath(blob)
	r, err := http.NewRequestWithContext(ctx, method, at.String(), body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, withoutToken(at.String()), errors.Unwrap(err))
	}
	r.Header.Set("x-ms-version", storageVersion)
	if method == http.MethodPut {
		r.ContentLength = size
		if size == 0 {
			r.Body = http.NoBody
		}
		r.Header.Set("x-ms-blob-type", "BlockBlob")
	}
	answer, err := e.client.Do(r)
	if err != nil {
		var failed *url.Error // has the token in it
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, fmt.Errorf("%s %s: %w", method, withoutToken(at.String()), err)
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	_ = answer.Body.Close()
	if answer.StatusCode == http.StatusNotFound {
		return nil, fs.ErrNotExist
	}
	return nil, fmt.Errorf("%s %s: %s %s", method, withoutToken(at.String()), answer.Status, answer.Header.Get("x-ms-error-code"))
}
