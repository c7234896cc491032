package upload

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// prefix is what all paths of blobs begin with.
func (s *Blobs) prefix() string { return "/" + s.tree + "/" }

// Route serves blobs and leaves all other requests to next. It looks at the path as
// it was sent: a mux would clean it, and so change which blob is meant.
func (s *Blobs) Route(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.EscapedPath(), s.prefix()) {
			s.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP serves one request of a blob client: Put Blob, Put Block, Put Block
// List, Append Block, Get Blob, Get Blob Properties and Delete Blob; of a container
// List Blobs and Get Container Properties.
func (s *Blobs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("x-ms-request-id", uuid.NewString())
	h.Set("x-ms-version", version(r))
	if id := r.Header.Get("x-ms-client-request-id"); id != "" && len(id) <= maxName {
		h.Set("x-ms-client-request-id", id)
	}
	err := s.serve(w, r)
	if err != nil {
		s.writeError(w, r, err)
	}
}

// version echoes what the client speaks, which is how Azure answers.
func version(r *http.Request) string {
	if v := r.Header.Get("x-ms-version"); len(v) == len(time.DateOnly) {
		return v
	}
	return sasVersion
}

// blobOperation is one request on a blob; needs are the permissions of which the
// token must have one.
type blobOperation struct {
	method, comp string
	needs        string
	serve        func(*Blobs, http.ResponseWriter, *http.Request, string) error
}

var blobOperations = []blobOperation{
	{http.MethodPut, "", "wc", (*Blobs).putBlob},
	{http.MethodPut, "block", "wc", (*Blobs).putBlock},
	{http.MethodPut, "blocklist", "wc", (*Blobs).putBlockList},
	{http.MethodPut, "appendblock", "aw", (*Blobs).appendBlob},
	{http.MethodGet, "", "r", (*Blobs).getBlob},
	{http.MethodHead, "", "r", (*Blobs).getBlob},
	{http.MethodDelete, "", "d", (*Blobs).deleteBlob},
}

// serve finds the operation, then whether the token allows it.
func (s *Blobs) serve(w http.ResponseWriter, r *http.Request) error {
	blob, err := url.PathUnescape(strings.TrimSuffix(strings.TrimPrefix(r.URL.EscapedPath(), s.prefix()), "/"))
	if err != nil || checkName(blob) != nil {
		return refuse(http.StatusBadRequest, "InvalidUri", "The requested URI does not represent any resource on the server.")
	}
	query := r.URL.Query()
	permissions, reason := s.verify(blob, query)
	if reason != "" {
		return refuse(http.StatusForbidden, "AuthenticationFailed",
			"Server failed to authenticate the request. Make sure the value of the Authorization header is formed correctly including the signature. %s", reason)
	}
	comp := strings.ToLower(query.Get("comp"))
	if strings.EqualFold(query.Get("restype"), "container") {
		return s.serveContainer(w, r, blob, comp, permissions)
	}
	for _, o := range blobOperations {
		if o.method != r.Method || o.comp != comp {
			continue
		}
		if !strings.ContainsAny(permissions, o.needs) {
			return permissionMismatch()
		}
		return o.serve(s, w, r, blob)
	}
	return refuse(http.StatusBadRequest, "UnsupportedOperation", "The local hub does not serve this operation of a blob.")
}

func permissionMismatch() error {
	return refuse(http.StatusForbidden, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.")
}
