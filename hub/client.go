package hub

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// ErrNoService says that the target has no connection string of a hub, only an Event
// Hubs-compatible one, which reads events and nothing else.
var ErrNoService = errors.New("the connection string is Event Hubs-compatible: it reads events, but not the registry")

// Options say which hub a [Client] talks to, and how.
type Options struct {
	Target
	// HTTPClient replaces the client's own; Target's HTTPSAddr and TLS are then
	// not used. The client never closes it.
	HTTPClient *http.Client
	// CallTimeout bounds one try of one call, answer included. Default 60 s.
	CallTimeout time.Duration
	// Retry says how often and how long calls are tried again.
	Retry Retry
	// UserAgent is "hubscope" when empty.
	UserAgent string
	// Logger gets a line for each retry. Nil: no log.
	Logger *slog.Logger
}

// Client is the service side of a hub over REST. Its methods may be called
// concurrently. Each ends with its context, at the latest when the tries and
// times of [Retry] are used up, and gives an [*Error] when the service refuses.
type Client struct {
	base      url.URL
	resource  string // what tokens are signed for
	service   connstr.Service
	http      *http.Client
	owned     *http.Transport // nil when the caller gave the http.Client
	timeout   time.Duration
	retry     Retry
	userAgent string
	log       *slog.Logger
}

// New makes a client; it connects when it is first used. The errors are
// [ErrNoService] and [sas.ErrKey]. Call [Client.Close] in the end.
func New(o Options) (*Client, error) {
	if o.Service.HostName == "" {
		return nil, ErrNoService
	}
	c := &Client{
		base:      url.URL{Scheme: "https", Host: o.Service.HostName},
		resource:  bareHost(o.Service.HostName),
		service:   o.Service,
		http:      o.HTTPClient,
		timeout:   o.CallTimeout,
		retry:     o.Retry.withDefaults(),
		userAgent: o.UserAgent,
		log:       o.Logger,
	}
	if o.Service.GatewayHostName != "" {
		c.base.Host = o.Service.GatewayHostName
	}
	if _, err := c.token(); err != nil {
		return nil, err
	}
	c.setDefaults(o.Target)
	return c, nil
}

func (c *Client) setDefaults(t Target) {
	if c.timeout <= 0 {
		c.timeout = time.Minute
	}
	if c.userAgent == "" {
		c.userAgent = "hubscope"
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.http == nil {
		c.owned = transport(t)
		c.http = &http.Client{Transport: c.owned, CheckRedirect: stayHere}
	}
}

// Close closes the idle connections of the client. Calls under way go on.
func (c *Client) Close() {
	if c.owned != nil {
		c.owned.CloseIdleConnections()
	}
}

// tokenLifetime is how long the token of one call lives, as with the Node SDK,
// which also signs one for every call (protocol 10).
const tokenLifetime = time.Hour

func (c *Client) token() (secret.Text, error) {
	return sas.IoTHub(c.resource, c.service.Key, c.service.PolicyName, time.Now().Add(tokenLifetime))
}

// stayHere keeps the token from a host to which the answer redirects.
func stayHere(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func transport(t Target) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	tr := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   16,
	}
	if t.TLS != nil {
		tr.TLSClientConfig = t.TLS.Clone()
	}
	if t.HTTPSAddr != "" {
		tr.Proxy = nil
		tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, t.HTTPSAddr)
		}
	}
	return tr
}

// bareHost is a host name without its port.
func bareHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}
