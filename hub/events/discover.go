package events

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

const eventsAddress = "messages/events"

// Discover finds the Event Hubs-compatible endpoint: that of o.EventHub, or else that of the IoT Hub of
// o.Service. For the latter it attaches a receiver at messages/events of the hub, which answers with a
// redirect; the endpoint takes the policy of the hub. protocol 6.6
//
// ctx ends it early; it takes no longer than o.Timeout. Errors are of type [*Error].
func Discover(ctx context.Context, o Options) (Endpoint, error) {
	o = o.withDefaults()
	if o.EventHub != nil {
		return directEndpoint(o), nil
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()

	token, err := hubToken(o.Service, time.Now().Add(time.Hour))
	if err != nil {
		return Endpoint{}, err
	}
	host, _ := splitPort(o.Service.HostName)
	sock, err := o.routeToHub().dial(ctx)
	if err != nil {
		return Endpoint{}, err
	}
	found, err := askForRedirect(ctx, sock, host, token)
	if err != nil {
		e := discovery(o.Service.HostName, err)
		sock.explain(e)
		return Endpoint{}, e
	}
	return found.endpoint(o), nil
}

func askForRedirect(ctx context.Context, sock *socket, host string, token secret.Text) (redirect, error) {
	conn, err := amqp.NewConn(ctx, sock, &amqp.ConnOptions{
		HostName: host,
		SASLType: amqp.SASLTypeAnonymous(),
	})
	if err != nil {
		return redirect{}, notAMQP(ctx, sock, err)
	}
	defer sock.closeSoon(func() { _ = conn.Close() })

	session, err := conn.NewSession(ctx, nil)
	if err != nil {
		return redirect{}, err
	}
	if err := putToken(ctx, session, host+"/"+eventsAddress, token); err != nil {
		return redirect{}, err
	}
	receiver, err := session.NewReceiver(ctx, eventsAddress, &amqp.ReceiverOptions{Credit: 1})
	if err == nil {
		_, err = receiver.Receive(ctx, nil) // an answer that was no refusal at once may still become one
	}
	return redirectIn(err)
}

// redirectIn finds the redirect in the error of an attach.
func redirectIn(err error) (redirect, error) {
	var refusal *amqp.Error
	if !errors.As(err, &refusal) || refusal.Condition != amqp.ErrCondLinkRedirect {
		if err == nil {
			err = errors.New("it sent a message in place of a redirect")
		}
		return redirect{}, err
	}
	found, err := parseRedirect(refusal.Info)
	if err != nil {
		return redirect{}, &Error{Kind: ErrNotIoTHub, Detail: err.Error()}
	}
	return found, nil
}

// endpoint is the redirect as an address to dial. The same host is dialed as the hub itself was, so that
// one that is reached through a tunnel or on another port stays reached.
func (r redirect) endpoint(o Options) Endpoint {
	e := Endpoint{
		EventHub: connstr.EventHub{
			Endpoint:   "sb://" + r.name() + "/",
			Host:       r.name(),
			PolicyName: o.Service.PolicyName,
			Key:        o.Service.Key,
			EntityPath: r.entity,
		},
		Addr: net.JoinHostPort(r.host, r.port),
	}
	host, _ := splitPort(o.Service.HostName)
	if o.AMQPAddr != "" && strings.EqualFold(r.host, host) {
		e.Addr = o.AMQPAddr
	}
	return e
}

// notAMQP closes the socket and tells a host that speaks something else from one that was cut off.
func notAMQP(ctx context.Context, sock *socket, err error) error {
	_, cut := sock.dead()
	_ = sock.Close()
	var refusal *amqp.Error
	if cut != nil || ctx.Err() != nil || errors.As(err, &refusal) {
		return err
	}
	return &Error{Kind: ErrNotIoTHub, Detail: "it does not speak AMQP on this port", Err: err}
}

// discovery is classify for a hub that was asked for its redirect: a host that has no such address is no IoT Hub.
func discovery(host string, err error) *Error {
	e := scope{host: host}.classify(err)
	if e.Kind == ErrHubNotFound || e.Kind == ErrPosition {
		e.Kind = ErrNotIoTHub
	}
	e.Subject = host
	return e
}
