package events

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/connstr"
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

	host, _ := splitPort(o.Service.HostName)
	sock, err := route{addr: hubAddr(o), host: host, tls: o.TLS}.dial(ctx)
	if err != nil {
		return Endpoint{}, err
	}
	found, err := askForRedirect(ctx, sock, o.Service)
	if err != nil {
		return Endpoint{}, scope{host: o.Service.HostName}.discovery(err)
	}
	return found.endpoint(o), nil
}

func askForRedirect(ctx context.Context, sock *socket, service connstr.Service) (redirect, error) {
	host, _ := splitPort(service.HostName)
	conn, err := amqp.NewConn(ctx, sock, &amqp.ConnOptions{
		HostName: host,
		SASLType: amqp.SASLTypeAnonymous(),
	})
	if err != nil {
		_ = sock.Close()
		return redirect{}, err
	}
	defer sock.closeSoon(func() { _ = conn.Close() })

	session, err := conn.NewSession(ctx, nil)
	if err != nil {
		return redirect{}, err
	}
	token, err := hubToken(service, time.Now().Add(time.Hour))
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
	name := r.host
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	e := Endpoint{
		EventHub: connstr.EventHub{
			Endpoint:   "sb://" + name + "/",
			Host:       name,
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

// discovery is classify for a hub that was asked for its redirect: what it does not know is no IoT Hub.
func (s scope) discovery(err error) *Error {
	e := s.classify(err)
	if e.Kind == ErrHubNotFound || e.Kind == ErrPosition {
		e.Kind = ErrNotIoTHub
	}
	e.Subject = s.host
	return e
}
