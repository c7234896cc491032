package rest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/localhub/core"
)

const (
	codeProtocolVersion = 400001 // InvalidProtocolVersion
	codeDeserialization = 400012 // DeserializationError
)

const defaultMaxBody = 256 << 10

var versionForm = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(-preview)?$`)

// oldestVersion is the first that the service's clients used (protocol 2.0).
const oldestVersion = "2016-02-03"

func checkVersion(query url.Values) error {
	for name, values := range query {
		if !strings.EqualFold(name, "api-version") || len(values) == 0 {
			continue
		}
		m := versionForm.FindStringSubmatch(values[0])
		if m == nil || m[1] < oldestVersion || !isDate(m[1]) {
			return core.NewError(codeProtocolVersion, "Invalid protocol version: %.40q.", values[0])
		}
		return nil
	}
	return core.NewError(codeProtocolVersion, "The query parameter api-version is missing.")
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// authorize verifies the token and that it covers the path with the rights
// (protocol 1.2, 1.4). On a device's own routes a client certificate does instead
// (protocol 5.2).
func (s *server) authorize(r *http.Request, route *route, segments []string, id core.ID) (core.Principal, error) {
	token := r.Header.Get("Authorization")
	if token == "" && r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		switch {
		case route.rights == core.DeviceConnect:
			return s.hub.AuthenticateCertificate(r.TLS.PeerCertificates, id)
		case route.ofDevice:
			return s.hub.AuthenticateCertificate(r.TLS.PeerCertificates, core.ID{Device: id.Device})
		}
	}
	if token == "" {
		return core.Principal{}, core.NewError(core.CodeUnauthorized, "Authorization header missing")
	}
	if scheme, _, _ := strings.Cut(token, " "); !strings.EqualFold(scheme, "SharedAccessSignature") {
		return core.Principal{}, core.NewError(core.CodeUnauthorized, "The local hub takes shared access signatures only.")
	}
	who, err := s.hub.Authenticate(token)
	if err != nil {
		return core.Principal{}, err
	}
	path := strings.Join(segments, "/")
	if !who.Allows(route.rights, path) && !route.takesDevice(who, id) {
		rule := who.Policy
		if rule == "" {
			rule = who.ID.String()
		}
		return core.Principal{}, core.NewError(core.CodeUnauthorizedHub, "Authorization rule '%s' does not allow access for '%s'", rule, path)
	}
	return who, nil
}

// takesDevice tells whether the caller is the device that the path is about, on
// a route that is open to it.
func (r *route) takesDevice(who core.Principal, id core.ID) bool {
	device := core.ID{Device: id.Device}
	return r.ofDevice && who.Policy == "" && who.ID == device && who.Allows(core.DeviceConnect, device.Path())
}

// readBody reads all of the body.
func (c *call) readBody() ([]byte, error) {
	data, err := io.ReadAll(c.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, core.NewError(core.CodeMessageTooLarge, "The request body has more than %d bytes.", tooLarge.Limit)
	case err != nil:
		return nil, core.NewError(core.CodeArgumentInvalid, "The request body did not arrive, or not in time.")
	}
	// From here on a read only watches for the end of the connection, however long
	// the call takes.
	_ = c.conn.SetReadDeadline(time.Time{})
	return data, nil
}

// decode reads the body as one JSON document into v.
func (c *call) decode(v any) error {
	data, err := c.readBody()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		if endsEarly(err, data) {
			return &cutOff{core.NewError(codeDeserialization, "The request body is not valid: %s, where it ends: is its Content-Length the number of bytes, not of characters?", jsonProblem(err))}
		}
		return core.NewError(codeDeserialization, "The request body is not valid: %s.", jsonProblem(err))
	}
	return nil
}

// cutOff refuses a document that breaks off. The device SDK of Node counts the
// characters of a file name, not its bytes: what it sends of the rest would be read
// as the next request, so the connection ends with the answer.
type cutOff struct{ refusal *core.Error }

func (e *cutOff) Error() string { return e.refusal.Error() }
func (e *cutOff) Unwrap() error { return e.refusal }

// endsEarly tells a document that breaks off from one that is wrong.
func endsEarly(err error, data []byte) bool {
	var syntax *json.SyntaxError
	return len(data) > 0 && errors.As(err, &syntax) && syntax.Offset == int64(len(data)) && strings.HasPrefix(syntax.Error(), "unexpected end")
}

// jsonProblem words what is wrong with a document without repeating any of its text,
// which may be a key.
func jsonProblem(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return "not JSON at byte " + strconv.FormatInt(syntax.Offset, 10)
	case errors.As(err, &kind):
		value, _, _ := strings.Cut(kind.Value, " ")
		if kind.Field == "" {
			return "the document must not be of the JSON type " + value
		}
		return "'" + kind.Field + "' must not be a " + value
	}
	return "a member has the wrong form"
}

// ifMatch is the etag of the request without quotes and weakness mark; "*" for any,
// given is false when there is no such header. All four forms of protocol 2.2 are read.
func (c *call) ifMatch() (etag string, given bool) {
	value := strings.TrimSpace(c.Header.Get("If-Match"))
	if value == "" {
		return "", false
	}
	value = strings.TrimPrefix(value, "W/")
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return value, true
}

// number reads a whole number; the default when the text is empty or is none.
func number(text string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return otherwise
	}
	return n
}

// seconds rounds up, so that nobody comes back too early.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
