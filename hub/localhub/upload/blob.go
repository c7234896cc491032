package upload

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// prefix is what all paths of blobs begin with.
const prefix = "/" + Container + "/"

// Route serves blobs and leaves all other requests to next. It looks at the path as
// it was sent: a mux would clean it, and so change which blob is meant.
func (s *Service) Route(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.EscapedPath(), prefix) {
			s.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP serves one request of a blob client: Put Blob, Put Block, Put Block
// List, Get Blob and Get Blob Properties.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("x-ms-request-id", uuid.NewString())
	h.Set("x-ms-version", version(r))
	if id := r.Header.Get("x-ms-client-request-id"); id != "" && len(id) <= maxName {
		h.Set("x-ms-client-request-id", id)
	}
	blob, err := s.authorized(r)
	if err == nil {
		err = s.serve(w, r, blob)
	}
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

// authorized gives the blob that the request is about once its token allows it.
func (s *Service) authorized(r *http.Request) (blob string, err error) {
	blob, err = url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), prefix))
	if err != nil || checkName(blob) != nil {
		return "", refuse(http.StatusBadRequest, "InvalidUri", "The requested URI does not represent any resource on the server.")
	}
	if reason := s.verify(blob, r.URL.Query()); reason != "" {
		return "", refuse(http.StatusForbidden, "AuthenticationFailed",
			"Server failed to authenticate the request. Make sure the value of the Authorization header is formed correctly including the signature. %s", reason)
	}
	return blob, nil
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request, blob string) error {
	comp := strings.ToLower(r.URL.Query().Get("comp"))
	switch {
	case r.Method == http.MethodPut && comp == "":
		return s.putBlob(w, r, blob)
	case r.Method == http.MethodPut && comp == "block":
		return s.putBlock(w, r, blob)
	case r.Method == http.MethodPut && comp == "blocklist":
		return s.putBlockList(w, r, blob)
	case (r.Method == http.MethodGet || r.Method == http.MethodHead) && comp == "":
		return s.getBlob(w, r, blob)
	case r.Method == http.MethodDelete:
		return refuse(http.StatusForbidden, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.")
	}
	return refuse(http.StatusBadRequest, "UnsupportedOperation", "The local hub serves Put Blob, Put Block, Put Block List and Get Blob only.")
}
