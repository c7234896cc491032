package events

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// failed is why a route led nowhere.
func (r route) failed(err error) *Error {
	e := &Error{Kind: ErrUnreachable, Subject: r.addr, Detail: networkWords(err), Err: err}
	var untrusted *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case errors.As(err, &untrusted):
		e.Kind, e.Subject = ErrUntrusted, r.host
		e.reason, e.Detail = certificateReason(untrusted)
	case proxyFailed(err):
		e.reason = proxyUnreachable
	case errors.As(err, &name):
		e.Subject, e.reason = name.Name, noNameServer
		if name.IsNotFound {
			e.reason = noSuchHost
		}
	default:
		e.reason, e.Kind = socketReason(err)
	}
	return e
}

// socketReason tells apart what becomes of a connection that is made.
func socketReason(err error) (why reason, kind error) {
	var notTLS tls.RecordHeaderError
	var timeout net.Error
	var upgrade *upgradeError
	switch {
	case errors.As(err, &upgrade):
		return upgrade.reason(), ErrUnreachable
	case errors.As(err, &notTLS):
		return noTLS, ErrUnreachable
	case isErrno(err, syscall.ECONNREFUSED, 10061):
		return refusedPort, ErrUnreachable
	case isErrno(err, syscall.ENETUNREACH, 10051), isErrno(err, syscall.EHOSTUNREACH, 10065):
		return noRoute, ErrUnreachable
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return noAnswer, ErrTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), isErrno(err, syscall.ECONNRESET, 10054):
		return hungUp, ErrUnreachable
	}
	return anyReason, ErrUnreachable
}

// isErrno also knows the number that Windows has for an error, which is not the constant of package syscall there.
func isErrno(err error, posix, windows syscall.Errno) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && (errno == posix || errno == windows)
}

// proxyFailed tells an error on the way to a proxy: net/http says so in the operation alone.
func proxyFailed(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "proxyconnect"
}

// networkWords is the innermost text: the address is named already.
func networkWords(err error) string {
	var upgrade *upgradeError
	if errors.As(err, &upgrade) {
		return upgrade.Error()
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		return name.Err
	}
	var op *net.OpError
	for errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	return err.Error()
}

// certificateReason says what is wrong with a certificate, and which one it is.
func certificateReason(err *tls.CertificateVerificationError) (why reason, detail string) {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	detail = certificateWords(err.UnverifiedCertificates)
	switch {
	case errors.As(err, &host):
		return otherHost, detail
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return outOfDate, detail + lifetimeWords(err.UnverifiedCertificates)
	case errors.As(err, &authority):
		if shown := err.UnverifiedCertificates; len(shown) > 0 && shown[0].Issuer.String() == shown[0].Subject.String() {
			return selfSigned, detail
		}
		return unknownAuthority, detail
	}
	return anyReason, err.Err.Error()
}

// certificateWords names the certificate that was shown, and who signed it.
func certificateWords(shown []*x509.Certificate) string {
	if len(shown) == 0 {
		return ""
	}
	c := shown[0]
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = []string{c.Subject.String()}
	}
	const most = 3
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return fmt.Sprintf("it is for %s, by %s", strings.Join(names, ", "), c.Issuer)
}

func lifetimeWords(shown []*x509.Certificate) string {
	if len(shown) == 0 {
		return ""
	}
	const day = "2006-01-02 15:04"
	return fmt.Sprintf(", from %s to %s UTC", shown[0].NotBefore.UTC().Format(day), shown[0].NotAfter.UTC().Format(day))
}

// An upgradeError is an answer to the request for a WebSocket that is not one.
type upgradeError struct {
	text    string // "403 Forbidden"
	byProxy bool
}

func (e *upgradeError) Error() string { return "the answer is " + e.text }

func (e *upgradeError) reason() reason {
	if e.byProxy {
		return proxyRefuses
	}
	return noWebSocket
}
