package transfer

import (
	"context"
	"errors"
	"io"
	"net/url"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/upload"
)

// container is where a job's blobs are.
type container interface {
	// Read opens a blob; fs.ErrNotExist when there is none.
	Read(ctx context.Context, blob string) (io.ReadCloser, error)
	// Write replaces a blob with size bytes.
	Write(ctx context.Context, blob string, from io.Reader, size int64) error
}

const codeContainer = 400008 // BlobContainerValidationError

// open gives the container of a URI: one of our own, or one of a storage emulator on
// this machine. No other host is ever asked. Error: 400008.
func (s *Service) open(text, permissions string, identity bool) (container, error) {
	uri, err := url.Parse(text)
	if err != nil || uri.Host == "" {
		return nil, core.NewError(codeContainer, "The container URI is not a URL.")
	}
	folder, err := s.o.Containers.Open(uri, permissions, identity)
	if err == nil {
		return folder, nil
	}
	if !errors.Is(err, upload.ErrForeign) {
		return nil, err
	}
	return s.openEmulator(uri)
}

// withoutToken is a URI for everyone to read.
func withoutToken(text string) string {
	uri, err := url.Parse(text)
	if err != nil {
		return ""
	}
	uri.RawQuery, uri.Fragment, uri.User = "", "", nil
	return uri.String()
}
