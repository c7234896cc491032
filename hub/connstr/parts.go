package connstr

import (
	"strconv"
	"strings"
	"unicode"
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
