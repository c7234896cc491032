package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

// call is one request that has passed all checks that need no body.
type call struct {
	*http.Request
	params map[string]string
	who    core.Principal
	conn   *http.ResponseController
}

// answer is what a route gives when it has not refused.
type answer struct {
	status int // 0: 200
	etag   string
	header map[string]string
	body   any // nil: no body
	raw    *raw
}

// raw is a body that goes out byte for byte.
type raw struct {
	contentType string
	data        []byte
}

// ServeHTTP runs the checks in the service's order: path, version, token, then
// what the route itself checks.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	if r.ContentLength != 0 {
		// Holds also for what net/http itself reads of a body that was refused.
		_ = http.NewResponseController(w).SetReadDeadline(began.Add(s.bodyTimeout))
	}
	w.Header().Set(wire.HeaderRequestID, uuid.NewString())
	a, err := s.handle(w, r)
	if err == nil {
		err = a.write(w)
	}
	if err != nil {
		a.status = s.refuse(w, r, err)
	}
	s.log.DebugContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", max(a.status, http.StatusOK), "took", time.Since(began))
}

func (s *server) handle(w http.ResponseWriter, r *http.Request) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			s.log.ErrorContext(r.Context(), "request handler panicked", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			err = core.NewError(core.CodeServerError, "The request could not be processed.")
		}
	}()
	route, params, segments, err := s.find(w, r)
	if err != nil {
		return answer{}, err
	}
	if !route.ours {
		if err := checkVersion(r.URL.Query()); err != nil {
			return answer{}, err
		}
	}
	c := &call{Request: r, params: params, conn: http.NewResponseController(w)}
	if c.who, err = s.authorize(r, route, segments, c.identity()); err != nil {
		return answer{}, err
	}
	if err := s.ask(c, route); err != nil {
		return answer{}, err
	}
	limit := route.maxBody
	if limit == 0 {
		limit = defaultMaxBody
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	return route.serve(c)
}

func (a answer) write(w http.ResponseWriter) error {
	body, err := a.encode()
	if err != nil {
		return err
	}
	if body != nil {
		w.Header().Set("Content-Type", body.contentType)
	}
	for name, value := range a.header {
		if strings.HasPrefix(name, "iothub-") {
			w.Header()[name] = []string{value} // the device SDK in C wants the case of 5.2, and properties keep theirs
			continue
		}
		w.Header().Set(name, value)
	}
	if a.etag != "" {
		// Not Set, which spells it Etag: the device SDK in C compares names with case.
		w.Header()["ETag"] = []string{`"` + a.etag + `"`}
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	w.WriteHeader(a.status)
	if body != nil {
		_, _ = w.Write(body.data) // the client is gone: nobody to tell
	}
	return nil
}

// encode gives the body; nil when there is none.
func (a answer) encode() (*raw, error) {
	if a.body == nil {
		return a.raw, nil
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(a.body); err != nil {
		return nil, err
	}
	return &raw{contentTypeJSON, text.Bytes()}, nil
}

const contentTypeJSON = "application/json; charset=utf-8"

// refuse writes the error in one of the shapes of protocol 2.3 and gives its
// status.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) int {
	e := s.asCoreError(r, err)
	h := w.Header()
	var cut *cutOff
	if errors.As(err, &cut) {
		h.Set("Connection", "close")
	}
	h.Set(wire.HeaderErrorCode, e.Name)
	h.Set("Content-Type", contentTypeJSON)
	if e.RetryAfter > 0 {
		h.Set("Retry-After", seconds(e.RetryAfter))
	}
	body, _ := json.Marshal(errorBody(err, e))
	w.WriteHeader(e.Status)
	_, _ = w.Write(body)
	return e.Status
}

func (s *server) asCoreError(r *http.Request, err error) *core.Error {
	var e *core.Error
	if errors.As(err, &e) {
		return e
	}
	if r.Context().Err() == nil {
		s.log.ErrorContext(r.Context(), "request could not be processed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	return core.NewError(core.CodeServerError, "The request could not be processed.")
}
