package core

import "crypto/x509"

// AuthenticateCertificate accepts a client certificate, whose key the TLS
// handshake has proved, as that of id: by its thumbprint when the identity has a
// self-signed one, by a chain to one of Options.DeviceCAs with the device id as
// common name when it has a CA's. Chain is the leaf first, as
// tls.ConnectionState.PeerCertificates. Errors: 401003, 403012.
func (h *Hub) AuthenticateCertificate(chain []*x509.Certificate, id ID) (Principal, error) {
	return Principal{}, notYet()
}
