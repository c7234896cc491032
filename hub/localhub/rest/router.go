package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hubscope/hub/localhub/core"
)

// route is one operation of the API.
type route struct {
	method string
	// pattern is a path whose fixed words match without case and whose {words}
	// take any one segment, percent-decoded once (protocol 2.1).
	pattern string
	// rights are what the caller needs for the path (protocol 1.4).
	rights core.Rights
	// ofDevice opens the route to the device of the path too, with its own key or
	// certificate.
	ofDevice bool
	// maxBody is in bytes; 0: defaultMaxBody.
	maxBody int64
	// ours says that the route is none of IoT Hub's: it needs no api-version.
	ours  bool
	serve func(c *call) (answer, error)
}

// find gives the route for a request with the values of its {words}. With the path known
// and the method not, allowed lists the methods.
func find(table []route, method string, segments []string) (found *route, params map[string]string, allowed []string) {
	for i := range table {
		got, ok := match(table[i].pattern, segments)
		if !ok {
			continue
		}
		if table[i].method != method {
			allowed = append(allowed, table[i].method)
			continue
		}
		// Fewer parameters: /devices/query is not the device "query".
		if found == nil || len(got) < len(params) {
			found, params = &table[i], got
		}
	}
	slices.Sort(allowed)
	return found, params, slices.Compact(allowed)
}

func match(pattern string, segments []string) (map[string]string, bool) {
	var params map[string]string
	i := 0
	for want := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		if i == len(segments) {
			return nil, false
		}
		have := segments[i]
		i++
		if name, isParam := strings.CutPrefix(want, "{"); isParam {
			if params == nil {
				params = make(map[string]string, 2)
			}
			params[strings.TrimSuffix(name, "}")] = have
		} else if !strings.EqualFold(want, have) {
			return nil, false
		}
	}
	return params, i == len(segments)
}

// split gives the segments of the path, each decoded once, so that an encoded
// slash does not split. A slash at the end is ignored: Node sends one.
func split(u *url.URL) ([]string, error) {
	path := strings.TrimSuffix(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	segments := strings.Split(path, "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return nil, core.NewError(core.CodeArgumentInvalid, "The path is not percent-encoded correctly.")
		}
		segments[i] = plain
	}
	return segments, nil
}

const (
	codeNotFound         = 404000 // GenericNotFound
	codeMethodNotAllowed = 405000 // GenericMethodNotAllowed
)

func (s *server) find(w http.ResponseWriter, r *http.Request) (*route, map[string]string, []string, error) {
	segments, err := split(r.URL)
	if err != nil {
		return nil, nil, nil, err
	}
	found, params, allowed := find(s.table, r.Method, segments)
	switch {
	case found != nil:
		return found, params, segments, nil
	case len(allowed) > 0:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return nil, nil, nil, core.NewError(codeMethodNotAllowed, "The method %s is not allowed here.", r.Method)
	}
	return nil, nil, nil, core.NewError(codeNotFound, "There is no such resource: %s.", r.URL.Path)
}
