package connstr

import (
	"strings"

	"hubscope/hub/secret"
)

// Parse reads any connection string and gives a [Service], a [Device] or an
// [EventHub], as its parts say. Names of parts are read without regard to
// case, blanks and empty segments between parts are ignored, and so is one pair of
// quotes around the whole. Every error is an *[Error].
func Parse(text string) (any, error) {
	p, err := split(text)
	if err != nil {
		return nil, err
	}
	switch {
	case p.has(partEndpoint) && p.has(partHostName):
		return nil, &Error{
			Part: partEndpoint, Reason: "and HostName are both given",
			Hint: "use either the hub's own connection string or the Event Hubs-compatible one",
		}
	case p.has(partEndpoint):
		return p.eventHub()
	case p.has(partDeviceID), p.has(partModuleID):
		return p.device()
	default:
		return p.service()
	}
}

// ParseService reads the connection string of a hub. A well-formed string of another kind
// gives an *[Error] that says which kind it is.
func ParseService(text string) (Service, error) {
	return parseAs[Service](text, "a hub (HostName, SharedAccessKeyName, SharedAccessKey)")
}

// ParseDevice reads the connection string of a device or module; see [ParseService].
func ParseDevice(text string) (Device, error) {
	return parseAs[Device](text, "a device (HostName, DeviceId, SharedAccessKey)")
}

// ParseEventHub reads an Event Hubs-compatible connection string; see [ParseService].
func ParseEventHub(text string) (EventHub, error) {
	return parseAs[EventHub](text, "an Event Hubs-compatible endpoint (Endpoint, SharedAccessKeyName, SharedAccessKey, EntityPath)")
}

func parseAs[T any](text, wanted string) (T, error) {
	var zero T
	got, err := Parse(text)
	if err != nil {
		return zero, err
	}
	if v, ok := got.(T); ok {
		return v, nil
	}
	return zero, &Error{Reason: "is that of " + kind(got), Hint: "give the one of " + wanted}
}

func kind(v any) string {
	switch v := v.(type) {
	case Device:
		if v.ModuleID != "" {
			return "a module"
		}
		return "a device"
	case EventHub:
		return "an Event Hubs-compatible endpoint"
	}
	return "a hub"
}

func (p *parts) service() (Service, error) {
	s := Service{
		HostName:        p.host(partHostName, required),
		GatewayHostName: p.host(partGatewayHostName, optional),
		PolicyName:      p.text(partPolicy, required),
		Key:             p.base64Key(required),
	}
	return s, p.err
}

func (p *parts) device() (Device, error) {
	d := Device{
		HostName:        p.host(partHostName, required),
		GatewayHostName: p.host(partGatewayHostName, optional),
		DeviceID:        p.id(partDeviceID, required),
		ModuleID:        p.id(partModuleID, optional),
		PolicyName:      p.text(partPolicy, optional),
		Key:             p.base64Key(optional),
		Token:           p.token(),
		X509:            p.flag(partX509),
	}
	p.oneCredential(!d.Key.IsZero(), !d.Token.IsZero(), d.X509)
	return d, p.err
}

func (p *parts) eventHub() (EventHub, error) {
	e := EventHub{
		Token:      p.token(),
		EntityPath: p.text(partEntityPath, required),
		Emulator:   p.flag(partEmulator),
	}
	e.Endpoint, e.Host = p.endpoint()
	if e.Token.IsZero() {
		e.PolicyName = p.text(partPolicy, required)
		e.Key = secret.New(p.text(partKey, required))
	} else if p.has(partKey) {
		p.fail(partToken, "and SharedAccessKey are both given", "keep one of the two")
	}
	return e, p.err
}

func (p *parts) oneCredential(given ...bool) {
	n := 0
	for _, g := range given {
		if g {
			n++
		}
	}
	switch {
	case n == 0:
		p.missing(partKey)
	case n > 1:
		p.fail(partKey, "is not alone: SharedAccessKey, SharedAccessSignature and x509 exclude each other", "keep one of them")
	}
}

func trimQuotes(text string) string {
	text = strings.TrimSpace(text)
	if len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		return strings.TrimSpace(text[1 : len(text)-1])
	}
	return text
}
