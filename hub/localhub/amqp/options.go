package amqp

import (
	"log/slog"
	"time"
)

// Options configure a Server. The zero value of a field means its default.
type Options struct {
	// Host is the name that a link redirect gives when the client did not open
	// its connection with one of the hub's names. Default: the hub's first name.
	Host string
	// Port returns the port of the TLS listener, for the link redirect; it is
	// asked at each redirect. Default 5671.
	Port func() int
	// Created is the created_at of the event hub. Default: when New was called.
	Created time.Time
	// OpenTimeout bounds the time from the connection to its open frame.
	// Default 30 s.
	OpenTimeout time.Duration
	// IdleTimeout is how long a peer may be silent after open; it is told to
	// the peer. Default 2 minutes.
	IdleTimeout time.Duration
	// WriteTimeout bounds one write to a peer that does not read. Default 30 s.
	WriteTimeout time.Duration
	// LinkIdle is how long a link of a service may do nothing while the peer has
	// granted no credit, before it is detached. Default 30 minutes
	// (protocol 7.7).
	LinkIdle time.Duration
	// Now is the clock of token expiry. Default time.Now.
	Now func() time.Time
	// Logger gets why connections ended (Debug) and were refused (Info); never
	// a token or key. Default: nothing.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Port == nil {
		o.Port = func() int { return defaultPort }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Created.IsZero() {
		o.Created = o.Now()
	}
	if o.OpenTimeout <= 0 {
		o.OpenTimeout = 30 * time.Second
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = 2 * time.Minute
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = 30 * time.Second
	}
	if o.LinkIdle <= 0 {
		o.LinkIdle = 30 * time.Minute
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// What one connection may use.
const (
	defaultPort = 5671
	// maxFrame is the largest frame that is read, also before open: user-agent
	// properties make an open larger than the 512 bytes of the standard.
	maxFrame = 64 << 10
	// maxMessage is told to peers as max-message-size: the D2C limit with room
	// for sections that do not count against it (protocol 6.6, 9).
	maxMessage = 256 << 10
	// channelMax is what the service announces (protocol 7.2).
	channelMax = 4999
	// maxLinks bounds the links of all sessions of a connection.
	maxLinks = 8192
	// maxPartial bounds the bytes of unfinished messages of a connection.
	maxPartial = 4 << 20
	// window is how many transfers a session takes before it must be told more.
	window = 5000
	// outLimit is where links wait until the peer has read.
	outLimit = 256 << 10
	// maxClaims bounds the tokens of a connection (403005).
	maxClaims = 8192
	// maxReplies bounds what waits for credit on a reply link.
	maxReplies = 128
	// lingerTime is how long a peer has to read the reason of a close.
	lingerTime = time.Second
)
