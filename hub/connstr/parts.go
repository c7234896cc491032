package connstr

import (
	"encoding/base64"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"hubscope/hub/secret"
)

// The names of the parts (protocol 1.1).
const (
	partHostName        = "HostName"
	partGatewayHostName = "GatewayHostName"
	partDeviceID        = "DeviceId"
	partModuleID        = "ModuleId"
	partPolicy          = "SharedAccessKeyName"
	partKey             = "SharedAccessKey"
	partToken           = "SharedAccessSignature"
	partX509            = "x509"
	partEndpoint        = "Endpoint"
	partEntityPath      = "EntityPath"
	partEmulator        = "UseDevelopmentEmulator"
)

var known = []string{
	partHostName, partGatewayHostName, partDeviceID, partModuleID, partPolicy, partKey,
	partToken, partX509, partEndpoint, partEntityPath, partEmulator,
}

const (
	required = true
	optional = false
)

// parts are the pairs of one connection string. The getters check a part and
// keep the first thing that is wrong in err.
type parts struct {
	values  map[string]string
	unknown []string
	err     error
}

func split(text string) (*parts, error) {
	text = trimQuotes(text)
	if text == "" {
		return nil, &Error{Reason: "is empty", Hint: "copy it from the portal: Shared access policies, iothubowner, Primary connection string"}
	}
	if !strings.Contains(text, "=") {
		return nil, errNoParts()
	}
	p := &parts{values: make(map[string]string)}
	position := 0
	for segment := range strings.SplitSeq(text, ";") {
		position++
		if strings.TrimSpace(segment) == "" {
			continue
		}
		if err := p.take(segment, position); err != nil {
			return nil, err
		}
	}
	if len(p.values) == 0 {
		return nil, errNoParts()
	}
	return p, nil
}

func errNoParts() error {
	return &Error{
		Reason: "has none of the parts of a connection string",
		Hint:   "it looks like HostName=…;SharedAccessKeyName=…;SharedAccessKey=…",
	}
}

func (p *parts) take(segment string, position int) error {
	name, value, found := strings.Cut(segment, "=")
	if !found {
		// The segment is not shown: it may be a piece of a key.
		return &Error{
			Reason: "has no equals sign in its part " + strconv.Itoa(position),
			Hint:   "parts have the form Name=Value and are separated by semicolons; was it cut or pasted in two?",
		}
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	canonical, ok := canonicalName(name)
	if !ok {
		p.unknown = append(p.unknown, name)
		return nil
	}
	if _, twice := p.values[canonical]; twice {
		return &Error{Part: canonical, Reason: "is given twice", Hint: "keep one of them"}
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		return &Error{Part: canonical, Reason: "has a line break or another control character in it", Hint: "paste the connection string as one line"}
	}
	p.values[canonical] = value
	return nil
}

func canonicalName(name string) (string, bool) {
	for _, k := range known {
		if strings.EqualFold(k, name) {
			return k, true
		}
	}
	return "", false
}

func (p *parts) has(name string) bool {
	_, ok := p.values[name]
	return ok
}

func (p *parts) fail(part, reason, hint string) {
	if p.err == nil {
		p.err = &Error{Part: part, Reason: reason, Hint: hint}
	}
}

func (p *parts) missing(name string) {
	if near := p.lookalike(name); near != "" {
		p.fail(name, "is missing", "there is a part named "+near+": is it misspelled?")
		return
	}
	p.fail(name, "is missing", hintFor(name))
}

// lookalike finds an unknown part whose name could be a slip of the wanted one. It
// shows only plain short names: anything else may be a piece of a key.
func (p *parts) lookalike(name string) string {
	for _, u := range p.unknown {
		if len(u) > 32 || strings.ContainsFunc(u, func(r rune) bool { return !unicode.IsLetter(r) || r > unicode.MaxASCII }) {
			continue
		}
		a, b := strings.ToLower(u), strings.ToLower(name)
		if len(a) >= 4 && (strings.HasPrefix(a, b[:3]) || strings.HasSuffix(a, b[len(b)-3:])) {
			return u
		}
	}
	return ""
}

func (p *parts) text(name string, need bool) string {
	value, given := p.values[name]
	switch {
	case given && value == "" && need:
		p.fail(name, "is empty", hintFor(name))
	case !given && need:
		p.missing(name)
	}
	return value
}

func (p *parts) flag(name string) bool {
	value := p.text(name, optional)
	on, err := strconv.ParseBool(strings.ToLower(value))
	if err != nil && value != "" {
		p.fail(name, "is neither true nor false", "write "+name+"=true, or leave it out")
	}
	return on
}

func (p *parts) id(name string, need bool) string {
	id := p.text(name, need)
	if id == "" {
		return ""
	}
	if reason := idProblem(id); reason != "" {
		p.fail(name, reason, "")
	}
	return id
}

func (p *parts) base64Key(need bool) secret.Text {
	key := p.text(partKey, need)
	if raw, err := base64.StdEncoding.DecodeString(key); err != nil || (key != "" && len(raw) == 0) {
		p.fail(partKey, "is not base64", "copy the key again, with the equals signs at its end")
	}
	return secret.New(key)
}

func (p *parts) token() secret.Text {
	token := p.text(partToken, optional)
	if token != "" && !strings.HasPrefix(strings.ToLower(token), "sharedaccesssignature ") {
		p.fail(partToken, "is not a SAS token", `a token starts with "SharedAccessSignature sr="`)
	}
	return secret.New(token)
}

func (p *parts) host(name string, need bool) string {
	host := p.text(name, need)
	if host == "" {
		return ""
	}
	if strings.Contains(host, "://") {
		p.fail(name, "has a scheme in front", "write the bare name, such as myhub.azure-devices.net")
		return ""
	}
	if reason := hostProblem(host); reason != "" {
		p.fail(name, reason, "write a bare name, such as myhub.azure-devices.net")
	}
	return host
}

func (p *parts) endpoint() (endpoint, host string) {
	const hint = "write it as sb://namespace.servicebus.windows.net/"
	endpoint = p.text(partEndpoint, required)
	if endpoint == "" {
		p.fail(partEndpoint, "is empty", hint)
		return "", ""
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		p.fail(partEndpoint, "is not an address", hint)
		return "", ""
	}
	if u.Scheme != "sb" && u.Scheme != "amqps" && u.Scheme != "amqp" {
		p.fail(partEndpoint, "does not start with sb://", hint)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		p.fail(partEndpoint, "has more than a host in it", hint)
	}
	if reason := hostProblem(u.Host); reason != "" {
		p.fail(partEndpoint, reason, hint)
	}
	return u.Scheme + "://" + u.Host + "/", u.Host
}

// hostProblem says in a phrase what is wrong with a host[:port].
func hostProblem(host string) string {
	name := host
	if strings.Contains(host, ":") && !(strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]")) {
		var port string
		var err error
		if name, port, err = net.SplitHostPort(host); err != nil {
			return "is not a host name"
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "has a port that is not a number from 1 to 65535"
		}
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if net.ParseIP(name) != nil {
		return ""
	}
	if name == "" || len(name) > 253 || strings.ContainsFunc(name, notInHost) {
		return "is not a host name"
	}
	return ""
}

func notInHost(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
}
