package upload

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

// blobError is a refusal in the words of Azure Storage ("Blob service error
// codes"); its shape is XML, not that of the hub.
type blobError struct {
	status        int
	code, message string
}

func (e *blobError) Error() string { return fmt.Sprintf("%s (%d %s)", e.message, e.status, e.code) }

func refuse(status int, code, format string, args ...any) error {
	return &blobError{status, code, fmt.Sprintf(format, args...)}
}

func (s *Blobs) writeError(w http.ResponseWriter, r *http.Request, err error) {
	var e *blobError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
	case errors.As(err, &tooLarge):
		e = &blobError{http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit."}
	case errors.Is(err, errBody):
		e = &blobError{http.StatusBadRequest, "IncompleteBody", "The request body did not arrive as announced, or not in time."}
	default:
		s.o.Logger.ErrorContext(r.Context(), "a blob could not be served", "method", r.Method, "path", r.URL.Path, "error", err)
		e = &blobError{http.StatusInternalServerError, "InternalError", "The server encountered an internal error."}
	}
	w.Header().Set("x-ms-error-code", e.code)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(e.status)
	if r.Method == http.MethodHead {
		return
	}
	body, _ := xml.Marshal(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: e.code, Message: e.message})
	_, _ = w.Write(append([]byte(`<?xml version="1.0" encoding="utf-8"?>`), body...))
}
