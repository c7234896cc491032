package hub

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// maxAnswer bounds the body of an answer: a page of 1000 twins of full size is less.
const maxAnswer = 256 << 20

// call is one operation of the API.
type call struct {
	op     string // for errors: what is being done
	method string
	// path has its ids percent-encoded already.
	path   string
	query  url.Values
	header http.Header
	body   any
	// idempotent says that a second try after an unknown outcome of the first does no harm.
	idempotent bool
	// timeout bounds one try; 0: the client's.
	timeout time.Duration
	// accepts tells an answer, besides those with status 2xx, from a refusal.
	accepts func(status int, body []byte) bool
}

// do runs a call, tries included, and decodes its answer into out unless that is
// nil. It gives the header of the answer. Every request of the client goes through here.
func (c *Client) do(ctx context.Context, k call, out any) (http.Header, error) {
	var body []byte
	if k.body != nil {
		var err error
		if body, err = json.Marshal(k.body); err != nil {
			return nil, fmt.Errorf("%s: %w", k.op, err)
		}
	}
	return c.withRetry(ctx, k, func() (http.Header, error) { return c.try(ctx, k, body, out) })
}

func (c *Client) try(ctx context.Context, k call, body []byte, out any) (http.Header, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cmp.Or(k.timeout, c.timeout), errCallTimeout)
	defer cancel()
	request, err := c.request(ctx, k, body)
	if err != nil {
		return nil, &callError{op: k.op, err: err}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, &callError{op: k.op, err: timeoutCause(ctx, err)}
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := readAll(response.Body, maxAnswer)
	if err != nil {
		return nil, &callError{op: k.op, err: timeoutCause(ctx, err)}
	}
	if !k.accepted(response.StatusCode, answer) {
		return nil, c.refusal(k.op, response, answer)
	}
	if out == nil {
		return response.Header, nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return nil, &AnswerError{Op: k.op, Host: c.base.Host, err: err}
	}
	return response.Header, nil
}

func (k call) accepted(status int, body []byte) bool {
	return status >= 200 && status <= 299 || k.accepts != nil && k.accepts(status, body)
}

func (c *Client) request(ctx context.Context, k call, body []byte) (*http.Request, error) {
	target := c.base
	target.RawQuery = "api-version=" + APIVersion
	if len(k.query) > 0 {
		target.RawQuery += "&" + k.query.Encode()
	}
	target.Path, _ = url.PathUnescape(k.path)
	target.RawPath = k.path
	request, err := http.NewRequestWithContext(ctx, k.method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range k.header {
		request.Header[name] = values
	}
	token, err := c.token()
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", token.Reveal())
	request.Header.Set("User-Agent", c.userAgent)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Request-Id", uuid.NewString())
	if body != nil {
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return request, nil
}

// errCallTimeout stands in for the bare "context deadline exceeded" of a try that took too long.
var errCallTimeout = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)

func timeoutCause(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errCallTimeout) {
		return errCallTimeout
	}
	return err
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("the answer is longer than %d MB", limit>>20)
	}
	return data, nil
}

// idPath is the path of an id below a collection, percent-encoded.
func idPath(collection, id string) string {
	return "/" + collection + "/" + escapeID(id)
}

// escapeID encodes everything that is not unreserved, as encodeURIComponent does
// and more: url.PathEscape leaves ";", "," and others that proxies may touch. A
// path of dots only has no harmless encoding, but a service reads it as an id.
func escapeID(id string) string { return strings.ReplaceAll(url.QueryEscape(id), "+", "%20") }

func ifMatch(etag string) http.Header {
	if etag == "" {
		etag = "*"
	}
	return http.Header{"If-Match": {`"` + strings.Trim(etag, `"`) + `"`}}
}
