package hub

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
)

func explainName(err error) (reason, next string, ok bool) {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return "", "", false
	}
	if dns.IsNotFound {
		return "there is no host named " + dns.Name, "check HostName in the connection string", true
	}
	return "the name server did not answer when asked for " + dns.Name, "check the network connection, then try again", true
}

const trustHint = "for a local hub set HUBSCOPE_CA_FILE to its CA file; for any other, ask who runs the network whether it replaces certificates"

const rootsHint = "this system knows no authority at all: give it the certificates of public ones, as /etc/ssl/certs/ca-certificates.crt or by SSL_CERT_FILE; for a local hub set HUBSCOPE_CA_FILE"

// trustNext is what to do about a certificate that is not trusted. An empty container trusts nobody.
func trustNext() string {
	if roots, err := x509.SystemCertPool(); err != nil || roots.Equal(x509.NewCertPool()) {
		return rootsHint
	}
	return trustHint
}

func explainCertificate(err error) (reason, next string, ok bool) {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "the certificate of the hub is not trusted: no known authority has signed it", trustNext(), true
	case errors.As(err, &host):
		return "the certificate that the hub shows is not for " + host.Host, "check HostName in the connection string; a local hub takes more names with --name", true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of the hub has expired or is not valid yet", "check this machine's clock", true
	case certificateError(err):
		return "the certificate of the hub is not trusted", trustNext(), true
	}
	return "", "", false
}

func explainTLS(err error) (reason, next string, ok bool) {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "what answers" + at(err) + " does not speak TLS", "check the port", true
	case errors.As(err, &alert):
		return "the hub ended the TLS handshake (" + alert.Error() + ")", "check whether a proxy stands in between", true
	}
	return "", "", false
}

func explainConnection(err error) (reason, next string, ok bool) {
	switch {
	case isRefused(err):
		return "nothing listens" + at(err), "check the host name and the port; is the hub running?", true
	case isUnreachable(err):
		return "the host" + at(err) + " cannot be reached from here", "check the network connection, VPN and firewall", true
	case isTimeout(err):
		return "the host" + at(err) + " did not answer in time", "check the host name, the network connection and the firewall", true
	case isReset(err), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "the connection" + at(err) + " was cut", "try again; if it happens again, look for a proxy or firewall in between", true
	}
	return "", "", false
}

// at names the address of a failed connection, where the error knows it.
func at(err error) string {
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr == nil {
		return ""
	}
	return " at " + op.Addr.String()
}
