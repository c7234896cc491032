package device

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// What can go wrong with a connection, for errors.Is. The errors that carry these say in words what
// happened.
var (
	// ErrUnauthorized: the hub does not let this device in (CONNACK 4 or 5). The key or token is
	// wrong or expired, or the device is disabled or unknown; MQTT does not say which.
	ErrUnauthorized error = &reason{
		"not authorized: the key or token is wrong or expired, or the device is disabled or unknown",
		"look at the device: is it there and enabled, and is this its key?",
	}
	// ErrRefused: the hub refuses the connection for a reason of protocol (CONNACK 1, 2 and codes
	// that MQTT 3.1.1 does not know).
	ErrRefused error = &reason{
		"the hub refused the connection", "check the host name and the device id in the connection string",
	}
	// ErrUnavailable: the hub is there but cannot serve now (CONNACK 3).
	ErrUnavailable error = &reason{"the hub is not available now", "it is tried again"}
	// ErrTakenOver: the hub closed several connections in a row right after it had accepted them. That is what it does
	// to a connection when another one of the same identity comes (protocol 4.1), and MQTT has no word for it, so
	// this is a suspicion. The client goes on trying, with its back-off, and so throws off the other
	// one each time: whoever must not do that closes it. Such an error is an ErrNetwork as well.
	ErrTakenOver error = &reason{
		"the hub ends each connection right after it began: another program seems to be connected as this device",
		"stop the other program, or this one",
	}
	// ErrHubClosed: the hub closed a connection that it had accepted, for whatever reason: MQTT 3.1.1 does not say
	// (protocol 4.1). It is an ErrNetwork as well.
	ErrHubClosed error = &failure{ErrNetwork, errors.New("the hub closed the connection")}
	// ErrTLS: no trust in the other side's certificate, or it does not speak TLS at all.
	ErrTLS = errors.New("no secure connection")
	// ErrNetwork: the hub could not be reached, or the connection to it was lost.
	ErrNetwork = errors.New("no connection")
)

// What can go wrong with a message.
var (
	// ErrMessageTimeout: a message was not confirmed in time. It may have reached the hub.
	ErrMessageTimeout = errors.New("not confirmed in time")
	// ErrMessageTooLarge: the hub would close the connection over this message.
	ErrMessageTooLarge = errors.New("message too large")
	// ErrBadMessage: the message cannot be said in MQTT.
	ErrBadMessage = errors.New("bad message")
	// ErrQueueFull: too many messages wait for their confirmation.
	ErrQueueFull = errors.New("too many messages wait for their confirmation")
)

// What can go wrong with the twin and with what comes down to the device.
var (
	// ErrSubscription: the hub does not grant a subscription (SUBACK 0x80).
	ErrSubscription error = &reason{
		"the hub refused the subscription", subscriptionHint,
	}
	// ErrThrottled: the hub has no room for the request now (status 429).
	ErrThrottled error = &reason{"the hub throttles the device's requests", "ask less often, or later"}
	// ErrRequestRefused: the hub does not take the request as it is (status 4xx).
	ErrRequestRefused error = &reason{"the hub refused the request", "look at the names, values and size of the properties"}
	// ErrRequestTimeout: a request had no answer in time, or there was no connection to ask on. It may have been applied.
	ErrRequestTimeout = errors.New("no answer in time")
	// ErrBadTwin: the hub sent a twin that cannot be understood.
	ErrBadTwin = errors.New("malformed twin")
)

// What can go wrong with a client.
var (
	// ErrClosed: the client was closed.
	ErrClosed = errors.New("the device client is closed")
	// ErrHandler: a handler did not end when the client was closed. It runs on.
	ErrHandler = errors.New("a handler does not heed the end of its context")
	// ErrRunning: the client connects or is connected already.
	ErrRunning = errors.New("the device client is running already")
)

const subscriptionHint = "the tier of the hub may not offer it: the basic tier has no messages to devices, methods or twins"

// reason is an error that has words for people: what is wrong, and what to do next.
type reason struct{ sentence, next string }

func (r *reason) Error() string { return r.sentence }

// Explain gives the sentence and what to do next.
func (r *reason) Explain() (sentence, next string) { return r.sentence, r.next }

// failure is an error of one of the kinds above that keeps its own words.
type failure struct{ kind, err error }

func (f *failure) Error() string { return f.err.Error() }

// Unwrap gives the kind and the error.
func (f *failure) Unwrap() []error { return []error{f.kind, f.err} }

func network(format string, a ...any) error {
	return &failure{ErrNetwork, fmt.Errorf(format, a...)}
}

// errNoAnswer is the cause of a connect time-out.
var errNoAnswer = errors.New("the hub did not answer in time")

// Lasting tells whether an error of a connection will come back until somebody acts: a wrong key, a
// disabled device, a certificate that is not trusted. Trying again soon is of no use.
func Lasting(err error) bool {
	return errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrRefused) || errors.Is(err, ErrTLS)
}

// refusal gives a CONNACK return code its error (protocol 4.1).
func refusal(code byte) error {
	switch code {
	case packets.ErrRefusedBadUsernameOrPassword, packets.ErrRefusedNotAuthorised:
		return fmt.Errorf("%w (CONNACK %d)", ErrUnauthorized, code)
	case packets.ErrRefusedServerUnavailable:
		return fmt.Errorf("%w (CONNACK %d)", ErrUnavailable, code)
	default:
		return fmt.Errorf("%w (CONNACK %d)", ErrRefused, code)
	}
}

// classify gives an error of dialling or of the TLS handshake its kind.
func classify(err error) error {
	if err == nil {
		return nil
	}
	for _, kind := range []error{ErrTLS, ErrNetwork, ErrUnauthorized, ErrRefused, ErrUnavailable} {
		if errors.Is(err, kind) {
			return err
		}
	}
	if isTrust(err) {
		return &failure{ErrTLS, err}
	}
	return &failure{ErrNetwork, err}
}

func isTrust(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
		header       tls.RecordHeaderError
		alert        tls.AlertError
	)
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &invalid) || errors.As(err, &header) || errors.As(err, &alert)
}
