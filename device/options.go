package device

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Defaults of [Options].
const (
	DefaultKeepAlive      = 180 * time.Second // the Node SDK's (protocol 4.1)
	DefaultTokenLifetime  = time.Hour         // every official SDK's (protocol 10)
	DefaultMessageTimeout = 10 * time.Second
	DefaultConnectTimeout = 30 * time.Second
	DefaultRequestTimeout = 60 * time.Second // the C# SDK's, of a twin request
	DefaultQueueSize      = 1000
	DefaultQueueBytes     = 16 << 20
)

// Backoff says how long to wait before connecting again. The wait grows from Min by a factor of two up
// to Max and is spread by Jitter, so that the devices of a fleet do not come in step.
//
// The defaults are those of the official SDKs (protocol 10): 100 ms to 10 s, as Node and C#; after an
// error that lasts (see [Lasting]) 10 s to 60 s, as Node when it is throttled.
type Backoff struct {
	Min, Max               time.Duration
	LastingMin, LastingMax time.Duration
	// Jitter is the part of a wait that it may be shorter or longer: 0.25 by default.
	Jitter float64
}

// Options of a client. The zero value connects to Azure.
type Options struct {
	// MQTTAddr is the host:port to dial instead of the hub's name at 8883. The certificate is
	// still checked for the hub's name.
	MQTTAddr string
	// WebSocket carries MQTT over WebSocket on port 443, for networks that let nothing else out (protocol 4.1).
	WebSocket bool
	// WebSocketAddr is the host:port to dial then instead of the hub's name at 443.
	WebSocketAddr string
	// Proxy gives the proxy for a WebSocket, or nil for none: by default what HTTPS_PROXY and
	// NO_PROXY in the environment say (see [http.ProxyFromEnvironment]). MQTT without WebSocket knows no proxy.
	Proxy func(*http.Request) (*url.URL, error)
	// TLS is what to trust; nil means the system's roots. It must not be changed afterwards. With X.509
	// it holds the certificate. Devices share it when it names the server.
	TLS *tls.Config
	// Dial opens the stream that carries MQTT, instead of all of the above.
	Dial func(ctx context.Context) (net.Conn, error)
	// KeepAlive is after how much silence a ping is sent: 180 s by default, whole seconds.
	KeepAlive time.Duration
	// TokenLifetime is how long a SAS token made from a key is valid: 1 h by default. It is renewed
	// by connecting anew after 85 percent of it, as the C# and Java SDKs do (protocol 10).
	TokenLifetime time.Duration
	// MessageTimeout is how long a message may wait for its confirmation, counted from Send: 10 s
	// by default, negative for ever.
	MessageTimeout time.Duration
	// ConnectTimeout bounds one try to connect, from dialling to CONNACK: 30 s by default.
	ConnectTimeout time.Duration
	// RequestTimeout bounds [Client.Twin] and [Client.Report], waiting for a connection included, and the hub's
	// answer to a subscription: 60 s by default.
	RequestTimeout time.Duration
	// QueueSize and QueueBytes bound the messages that wait for their confirmation, in number and
	// by the size of their bodies and topics: 1,000 and 16 MiB by default.
	QueueSize, QueueBytes int
	// Backoff is how to space the tries to connect again.
	Backoff Backoff
	// ClientType names the program to the hub (DeviceClientType): "hubscope/..." by default.
	ClientType string
	// Admit is asked before each try to connect that the client makes by itself, and returns when it may be made, or an
	// error when ctx ends. So the devices of a fleet can keep to a pace. Nil: at once.
	Admit func(ctx context.Context) error
	// OnState is told of every change of the connection's state, in order. It must not block.
	OnState func(State)
	// OnReceipt is told of every receipt that is done, confirmed or failed. It must not block, nor
	// call the client.
	OnReceipt func(*Receipt)
	// OnMessage is given cloud-to-device messages, one at a time in the order of their coming, and says what becomes of
	// each. Without it they stay with the hub. A message may come twice: after a lost connection, or when it was left.
	OnMessage func(*Incoming) Settlement
	// OnMethod answers direct methods, up to 8 at once; 32 more wait, and what is beyond is answered with status
	// 429. Its context ends when Close begins. An answer whose connection has ended meanwhile is
	// dropped and counted (see Counts): the hub takes it from no other.
	OnMethod func(context.Context, MethodRequest) MethodResponse
	// OnDesired is given the desired properties, one call at a time: whole after every connection that is made, then
	// each change in the order of versions; whole again when a version was missed.
	OnDesired func(DesiredPatch)
	// OnSubscribed is told when a connection has all its subscriptions: from now on nothing is missed.
	OnSubscribed func()
	// OnProblem is told what went wrong and is no end of a connection: a refused subscription ([ErrSubscription]), a
	// twin that could not be read, a delivery that could not be understood or had no room. One call at a time.
	//
	// The five handlers above run on goroutines of the client, made when there is something to do. They may call
	// the client, but not Close, which waits for them.
	OnProblem func(error)
	// Logger gets connections and their ends at level debug; nil means none. Never a key or token.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.KeepAlive, DefaultKeepAlive)
	setDefault(&o.TokenLifetime, DefaultTokenLifetime)
	setDefault(&o.MessageTimeout, DefaultMessageTimeout)
	setDefault(&o.ConnectTimeout, DefaultConnectTimeout)
	setDefault(&o.RequestTimeout, DefaultRequestTimeout)
	setDefault(&o.QueueSize, DefaultQueueSize)
	setDefault(&o.QueueBytes, DefaultQueueBytes)
	setDefault(&o.Backoff.Min, 100*time.Millisecond)
	setDefault(&o.Backoff.Max, 10*time.Second)
	setDefault(&o.Backoff.LastingMin, 10*time.Second)
	setDefault(&o.Backoff.LastingMax, 60*time.Second)
	setDefault(&o.Backoff.Jitter, 0.25)
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.ClientType == "" {
		o.ClientType = defaultClientType()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
