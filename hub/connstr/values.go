package connstr

import (
	"encoding/base64"
	"net"
	"net/url"
	"strconv"
	"strings"

	"hubscope/hub/secret"
)

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
