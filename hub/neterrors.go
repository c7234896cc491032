package hub

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// callError is a call that got no answer of the service.
type callError struct {
	op  string
	err error
}

func (e *callError) Error() string { return e.op + ": " + withoutURL(e.err).Error() }
func (e *callError) Unwrap() error { return e.err }

// withoutURL takes off the layer of net/http that repeats method and URL.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// AnswerError is an answer that is not one of IoT Hub's: something else answers
// at the address.
type AnswerError struct {
	Op   string
	Host string
	err  error
}

func (e *AnswerError) Error() string {
	return e.Op + ": the answer of " + e.Host + " is not that of an IoT Hub"
}

// Unwrap gives what the reader of the answer stumbled over.
func (e *AnswerError) Unwrap() error { return e.err }

// mayPass says whether a failed connection can be another time better by itself, soon.
func mayPass(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsTemporary && !dns.IsNotFound
	}
	if certificateError(err) || isRefused(err) || isTimeout(err) {
		return false
	}
	var record tls.RecordHeaderError
	var alert tls.AlertError
	if errors.As(err, &record) || errors.As(err, &alert) || errors.Is(err, http.ErrSchemeMismatch) {
		return false
	}
	return !errors.Is(err, context.Canceled)
}

func certificateError(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout() || isErrno(err, syscall.ETIMEDOUT, 10060)
}

func isRefused(err error) bool { return isErrno(err, syscall.ECONNREFUSED, 10061) }

func isUnreachable(err error) bool {
	return isErrno(err, syscall.ENETUNREACH, 10051) || isErrno(err, syscall.EHOSTUNREACH, 10065)
}

func isReset(err error) bool {
	return isErrno(err, syscall.ECONNRESET, 10054) || isErrno(err, syscall.EPIPE, 10053)
}

// isErrno also knows the number that Windows has for an error, which is not the
// constant of package syscall there.
func isErrno(err error, posix, windows syscall.Errno) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && (errno == posix || errno == windows)
}
