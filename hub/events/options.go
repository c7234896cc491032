package events

import (
	"crypto/tls"
	"log/slog"
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

	// ConsumerGroup is the consumer group to read in. Empty: $Default.
	ConsumerGroup string
	// Start is where to begin. Zero: [Latest].
	Start Position
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
	return o
}
