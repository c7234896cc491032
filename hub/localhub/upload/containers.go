package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/store"
)

// ContainersPath is the first segment of every container's URL, and the folder
// below the state folder that containers are in.
const ContainersPath = "containers"

const (
	containerPermissions = "racwdl"           // read, add, create, write, delete, list
	containerLifetime    = 7 * 24 * time.Hour // of a URI that is given out
)

const codeContainer = 400008 // BlobContainerValidationError

// Containers are blob containers for programs: what an import or export job reads
// and writes (protocol 2.8). Each is a folder. Clients reach one by a URI with a
// token in it, at https://{host}/containers/{name}.
type Containers struct{ *Blobs }

// OpenContainers opens the containers in the folder o.Dir. It must be closed before
// db.
func OpenContainers(db *store.DB, o Options) (*Containers, error) {
	blobs, err := openBlobs(db, ContainersPath, o)
	if err != nil {
		return nil, err
	}
	return &Containers{blobs}, nil
}

// containerForm is that of Azure ("Naming and referencing containers, blobs, and
// metadata"), without two hyphens in a row.
var containerForm = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9])+$`)

const minContainer, maxContainer = 3, 63

// Ensure makes a container if there is none and gives a URI that allows
// everything in it for seven days. Error: 400004 for a name that can not be one.
func (c *Containers) Ensure(name string) (uri string, expires time.Time, err error) {
	if len(name) < minContainer || len(name) > maxContainer || !containerForm.MatchString(name) {
		return "", expires, core.NewError(core.CodeArgumentInvalid, "The name of a container has %d to %d lower-case letters, digits and single hyphens between them.", minContainer, maxContainer)
	}
	if err := c.root.MkdirAll(name, 0o700); err != nil {
		return "", expires, fmt.Errorf("make the container %s: %w", name, err)
	}
	expires = c.now().Add(containerLifetime).Truncate(time.Second)
	token := c.token(name, kindContainer, containerPermissions, expires)
	return "https://" + c.o.Host() + c.prefix() + name + "?" + token.Encode(), expires, nil
}

// Folder is a container that a URI has opened.
type Folder struct {
	c    *Containers
	name string
}

// ErrForeign says that a URI is not that of one of these containers.
var ErrForeign = errors.New("not a container of this hub")

// Open gives the container of a URI. Its token must have all the permissions; with
// trusted the URI needs none. Errors: ErrForeign, 400008.
func (c *Containers) Open(uri *url.URL, permissions string, trusted bool) (*Folder, error) {
	name, found := strings.CutPrefix(strings.TrimSuffix(uri.Path, "/"), c.prefix())
	if !found || !strings.EqualFold(uri.Host, c.o.Host()) || uri.Scheme != "https" {
		return nil, ErrForeign
	}
	if info, err := c.root.Stat(filePath(name)); !containerForm.MatchString(name) || err != nil || !info.IsDir() {
		return nil, core.NewError(codeContainer, "There is no container '%.64s' on the local hub.", name)
	}
	if trusted && uri.RawQuery == "" {
		return &Folder{c, name}, nil
	}
	allowed, reason := c.verify(name, uri.Query())
	if reason != "" {
		return nil, core.NewError(codeContainer, "The token of the container '%s' is not valid. %s", name, reason)
	}
	for _, p := range permissions {
		if !strings.ContainsRune(allowed, p) {
			return nil, core.NewError(codeContainer, "The token of the container '%s' lacks the permission '%c'.", name, p)
		}
	}
	return &Folder{c, name}, nil
}

// Read opens a blob. Error: fs.ErrNotExist.
func (f *Folder) Read(_ context.Context, blob string) (io.ReadCloser, error) {
	path := f.name + "/" + blob
	if err := checkName(path); err != nil {
		return nil, err
	}
	if !f.c.exists(path) {
		return nil, fs.ErrNotExist
	}
	return f.c.root.Open(filePath(path))
}

// Write replaces a blob with what comes out of from.
func (f *Folder) Write(_ context.Context, blob string, from io.Reader, _ int64) error {
	path := f.name + "/" + blob
	if err := checkName(path); err != nil {
		return err
	}
	temporary := filepath.Join(stages, uuid.NewString()+partial)
	err := f.c.write(temporary, func(to file) error {
		if _, err := io.Copy(to, from); err != nil {
			return err
		}
		return to.Sync()
	})
	if err != nil {
		return err
	}
	if err := f.c.publish(temporary, path); err != nil {
		return errors.Join(err, f.c.root.Remove(temporary))
	}
	f.c.forgetAppend(path)
	return nil
}

// serveContainer serves what is asked of a container itself.
func (s *Blobs) serveContainer(w http.ResponseWriter, r *http.Request, name, comp, permissions string) error {
	info, err := s.root.Stat(filePath(name))
	if err != nil || strings.Contains(name, "/") || !info.IsDir() {
		return refuse(http.StatusNotFound, "ContainerNotFound", "The specified container does not exist.")
	}
	if r.URL.Query().Get("sr") != kindContainer {
		return permissionMismatch()
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case r.Method == http.MethodGet && comp == "list":
		if !strings.Contains(permissions, "l") {
			return permissionMismatch()
		}
		return s.listBlobs(w, r, name)
	case reads && comp == "":
		w.Header().Set("ETag", etag(info))
		w.Header().Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
		w.Header().Set("x-ms-lease-status", "unlocked")
		w.Header().Set("x-ms-lease-state", "available")
		w.WriteHeader(http.StatusOK)
		return nil
	case r.Method == http.MethodPut && comp == "": // "create if it does not exist" goes on from here
		return refuse(http.StatusConflict, "ContainerAlreadyExists", "The specified container already exists.")
	}
	return permissionMismatch()
}
