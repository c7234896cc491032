package localhub

import (
	"net/http"
	"strings"
)

// paths serves some paths by handlers of their own and everything else by rest.
// Paths are taken as they come: http.ServeMux would answer one that it finds
// unclean, such as that of a device named "..", with a redirect to a page.
type paths struct {
	own  map[string]http.Handler // by path, with no slash at the end
	rest http.Handler
}

// handle gives a path, with or without a slash at its end, a handler.
func (p *paths) handle(path string, h http.Handler) {
	if p.own == nil {
		p.own = make(map[string]http.Handler)
	}
	p.own[path] = h
}

func (p *paths) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h, found := p.own[strings.TrimSuffix(r.URL.Path, "/")]; found {
		h.ServeHTTP(w, r)
		return
	}
	p.rest.ServeHTTP(w, r)
}
