package events

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"hubscope/hub/connstr"
)

// Options say which hub to read and how. Service or EventHub is required.
type Options struct {
	// Service is the connection string of an IoT Hub, with a policy that has ServiceConnect.
	Service connstr.Service
	// EventHub is the Event Hubs-compatible endpoint. Nil: it is found through Service ([Discover]).
	EventHub *connstr.EventHub
	// AMQPAddr is the host:port to dial for the host of Service. Empty: that host, port 5671.
	AMQPAddr string
	// TLS is what to trust, and more. Nil: the system's roots. The server name is always set to the host's.
	TLS *tls.Config

	// WebSocket reads by AMQP over WebSocket on port 443, for networks that let 5671 not pass. protocol 6, 7.1
	WebSocket bool
	// HTTPSAddr is the host:port to dial for the host of Service where WebSocket is set. Empty: that host, port 443,
	// through the proxy if there is one.
	HTTPSAddr string
	// Proxy finds the proxy for WebSockets. Nil: HTTPS_PROXY and NO_PROXY of the environment.
	Proxy func(*http.Request) (*url.URL, error)

	// ConsumerGroup is the consumer group to read in. Empty: $Default. Which groups a hub has cannot be asked here:
	// only the Azure Resource Manager knows. One that does not exist ends [Monitor.Run] with [ErrConsumerGroup].
	ConsumerGroup string
	// Start is where to begin. Zero: [Latest].
	Start Position
	// Starts are where to begin in single partitions, by their ids, in place of Start.
	Starts map[string]Position
	// Partitions are the ids of the partitions to read. Empty: all.
	Partitions []string
	// Prefetch is how many events a partition may have under way, 1 to 5000. 0: 1000.
	Prefetch int32
	// OwnerLevel is the epoch of the receivers: a higher one takes the partition from a lower one and from
	// those that have none. Nil: none. protocol 7.6
	OwnerLevel *int64

	// Timeout bounds each step that waits for the hub: dialing, discovering, asking, attaching. 0: 15 s.
	Timeout time.Duration
	// RetryMin and RetryMax are the first and the longest wait between two attempts. 0: 0.5 s and 30 s.
	RetryMin time.Duration
	RetryMax time.Duration
	// Logger takes what is not a state: nil discards it.
	Logger *slog.Logger

	tokenLifetime time.Duration // 0: 24 h
	clocks        clocks        // nil: the system's
	clockTick     time.Duration // 0: clockTick
}

const (
	defaultConsumerGroup = "$Default"
	defaultPrefetch      = 1000
	maxPrefetch          = 5000 // the incoming window of a session of go-amqp
	defaultTimeout       = 15 * time.Second
	defaultRetryMin      = 500 * time.Millisecond
	defaultRetryMax      = 30 * time.Second
	defaultTokenLifetime = 24 * time.Hour
)

func (o Options) withDefaults() Options {
	if o.ConsumerGroup == "" {
		o.ConsumerGroup = defaultConsumerGroup
	}
	if o.Prefetch <= 0 {
		o.Prefetch = defaultPrefetch
	}
	o.Prefetch = min(o.Prefetch, maxPrefetch)
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.RetryMin <= 0 {
		o.RetryMin = defaultRetryMin
	}
	if o.RetryMax <= 0 {
		o.RetryMax = defaultRetryMax
	}
	o.RetryMax = max(o.RetryMax, o.RetryMin)
	if o.tokenLifetime <= 0 {
		o.tokenLifetime = defaultTokenLifetime
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.clocks == nil {
		o.clocks = systemClocks()
	}
	if o.clockTick <= 0 {
		o.clockTick = clockTick
	}
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	return o
}

// start is where to begin in a partition.
func (o Options) start(partition string) Position {
	if at, ok := o.Starts[partition]; ok {
		return at
	}
	return o.Start
}
