package core

import (
	"crypto/sha1" // thumbprints of IoT Hub may be SHA-1: they are a choice of the owner, not a signature
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"

	"hubscope/hub/wire"
)

// AuthenticateCertificate accepts a client certificate, whose key the TLS
// handshake has proved, as that of id: by its thumbprint when the identity has a
// self-signed one, by a chain to one of Options.DeviceCAs with the device id as
// common name when it has a CA's. Chain is the leaf first, as
// tls.ConnectionState.PeerCertificates. Errors: 401003, 403012.
func (h *Hub) AuthenticateCertificate(chain []*x509.Certificate, id ID) (Principal, error) {
	if len(chain) == 0 {
		return Principal{}, NewError(CodeUnauthorized, "There is neither a token nor a client certificate.")
	}
	i, err := h.identity(id)
	if isNotFound(err) {
		return Principal{}, NewError(CodeUnauthorized, "IotHub '%s' does not contain the specified device '%s'.", h.o.Names[0], id)
	}
	if err != nil {
		return Principal{}, err
	}
	switch i.AuthType {
	case wire.AuthSelfSigned:
		err = i.checkThumbprint(chain[0])
	case wire.AuthCA:
		err = h.checkChain(chain, id)
	default:
		err = NewError(CodeUnauthorized, "'%s' does not authenticate by certificate but by '%s'.", id, i.AuthType)
	}
	if err != nil {
		return Principal{}, err
	}
	if i.Disabled {
		return Principal{}, disabledError(id)
	}
	return Principal{Rights: DeviceConnect, Path: id.Path(), ID: id, AuthMethod: certificateMethod(id)}, nil
}

// checkThumbprint returns an untyped nil or an *Error.
func (i *identity) checkThumbprint(leaf *x509.Certificate) error {
	sha1Sum, sha2Sum := sha1.Sum(leaf.Raw), sha256.Sum256(leaf.Raw)
	first, second := hex.EncodeToString(sha1Sum[:]), hex.EncodeToString(sha2Sum[:])
	for _, configured := range [...]string{i.PrimaryThumbprint, i.SecondaryThumbprint} {
		if strings.EqualFold(configured, first) || strings.EqualFold(configured, second) {
			return nil
		}
	}
	// The wording is the service's (protocol 1.5).
	return NewError(CodeUnauthorized, "Thumbprint does not match configuration: Thumbprint: SHA1Hash=%s, SHA2Hash=%s; Configuration: PrimaryThumbprint=%s, SecondaryThumbprint=%s",
		strings.ToUpper(first), strings.ToUpper(second), i.PrimaryThumbprint, i.SecondaryThumbprint)
}

// checkChain returns an untyped nil or an *Error.
func (h *Hub) checkChain(chain []*x509.Certificate, id ID) error {
	if h.o.DeviceCAs == nil {
		return NewError(CodeUnauthorized, "The hub trusts no authority for the certificates of devices.")
	}
	name := chain[0].Subject.CommonName
	if name != id.Device && name != id.String() {
		return NewError(CodeUnauthorized, "The certificate is for '%s', not for '%s'.", name, id)
	}
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: h.o.DeviceCAs, Intermediates: intermediates, CurrentTime: h.o.Now(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return NewError(CodeUnauthorized, "The certificate of '%s' is not accepted: %s.", id, err)
	}
	return nil
}

// certificateMethod is the value of iothub-connection-auth-method (protocol
// 7.8).
func certificateMethod(id ID) string {
	scope := "device"
	if id.Module != "" {
		scope = "module"
	}
	return fmt.Sprintf(`{"scope":%q,"type":"x509","issuer":"external","acceptingIpFilterRule":null}`, scope)
}
