package core

import (
	"crypto/subtle"
	"errors"
	"strings"

	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// The values of iothub-connection-auth-method (protocol 7.8).
const (
	authMethodHub    = `{"scope":"hub","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`
	authMethodDevice = `{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`
	authMethodModule = `{"scope":"module","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}`
)

// Authenticate verifies a SAS token: its signature by a key of the policy or of
// the identity that it names, the host, the expiry with 5 minutes of skew, and
// that the identity is enabled (protocol 1.2, 1.3). Tokens of IoT Hub and of
// Event Hubs clients are both taken. Errors are *Error: 401003, 403012.
func (h *Hub) Authenticate(token string) (Principal, error) {
	t, err := sas.Parse(token)
	if err != nil {
		return Principal{}, NewError(CodeUnauthorized, "Authorization is malformed: %s.", err)
	}
	if !h.HasName(t.Host()) {
		return Principal{}, NewError(CodeUnauthorized, "The token is for host '%s', and this hub is '%s'.", t.Host(), h.o.Names[0])
	}
	var p Principal
	if t.Policy != "" {
		p, err = h.authenticatePolicy(t)
	} else {
		p, err = h.authenticateIdentity(t)
	}
	if err != nil {
		return Principal{}, err
	}
	// Only whoever holds the key is told that a token has ended.
	if t.Expired(h.o.Now()) {
		return Principal{}, NewError(CodeUnauthorized, "The token expired at %s; renew it and reconnect.", t.Expiry.UTC().Format("2006-01-02T15:04:05Z"))
	}
	p.Expiry = t.Expiry
	return p, nil
}

func (h *Hub) authenticatePolicy(t sas.Token) (Principal, error) {
	policy, found := h.Policy(t.Policy)
	if !found || !t.Verify(policy.Primary, policy.Secondary) {
		return Principal{}, NewError(CodeUnauthorized, "The signature of the token is not by a key of policy '%s'.", t.Policy)
	}
	return Principal{
		Policy: policy.Name, Rights: policy.Rights, AuthMethod: authMethodHub,
		Path: t.Path(), foldCase: strings.Contains(t.Resource, "://"),
	}, nil
}

func (h *Hub) authenticateIdentity(t sas.Token) (Principal, error) {
	id, ok := idOfPath(t.Path())
	if !ok {
		return Principal{}, NewError(CodeUnauthorized, "The token names neither a policy nor a device.")
	}
	identity, err := h.identity(id)
	if isNotFound(err) {
		return Principal{}, NewError(CodeUnauthorized, "IotHub '%s' does not contain the specified device '%s'.", h.o.Names[0], id)
	}
	if err != nil {
		return Principal{}, err
	}
	if identity.AuthType != authSAS || !t.Verify(secret.New(identity.PrimaryKey), secret.New(identity.SecondaryKey)) {
		return Principal{}, NewError(CodeUnauthorized, "Authentication failed for this device, renew token or certificate and reconnect.")
	}
	if identity.Disabled {
		return Principal{}, disabledError(id)
	}
	return Principal{Rights: DeviceConnect, Path: t.Path(), ID: id, AuthMethod: authMethodOf(id)}, nil
}

func authMethodOf(id ID) string {
	if id.Module != "" {
		return authMethodModule
	}
	return authMethodDevice
}

func disabledError(id ID) *Error {
	return NewError(CodeDeviceDisabled, "The device '%s' is disabled.", id.Device)
}

// PolicyKeyCheck verifies a policy's key as such, for SASL PLAIN. The error is
// 401003.
func (h *Hub) PolicyKeyCheck(policy, key string) (Principal, error) {
	p, found := h.Policy(policy)
	if !found || !sameKey(p.Primary, key) && !sameKey(p.Secondary, key) {
		return Principal{}, NewError(CodeUnauthorized, "The key is not one of policy '%s'.", policy)
	}
	return Principal{Policy: p.Name, Rights: p.Rights, AuthMethod: authMethodHub}, nil
}

func sameKey(want secret.Text, key string) bool {
	return subtle.ConstantTimeCompare([]byte(want.Reveal()), []byte(key)) == 1
}

// idOfPath reads devices/{id}[/modules/{mid}] at the start of a path.
func idOfPath(path string) (ID, bool) {
	segments := strings.Split(path, "/")
	if len(segments) < 2 || !strings.EqualFold(segments[0], "devices") || segments[1] == "" {
		return ID{}, false
	}
	id := ID{Device: segments[1]}
	if len(segments) >= 4 && strings.EqualFold(segments[2], "modules") {
		id.Module = segments[3]
	}
	return id, true
}

func isNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Code == CodeDeviceNotFound || e.Code == CodeModuleNotFound)
}
