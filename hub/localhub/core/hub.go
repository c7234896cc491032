package core

import (
	"crypto/x509"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"hubscope/hub/localhub/core/eventlog"
	"hubscope/hub/localhub/core/queue"
	"hubscope/hub/localhub/store"
)

// Options describe a hub. The zero value of a field means its default.
type Options struct {
	// Names are the host names that the hub answers to; the first is its name.
	// Default "localhost".
	Names []string
	// EventHub is the entity name of the built-in endpoint. Default: the first
	// label of the hub's name.
	EventHub string
	// Partitions of the built-in endpoint. It is decided when the state is made
	// and can not change later. Default 4, or what the state has.
	Partitions int
	// Retention is how long events are kept. Default 24 hours (protocol 9).
	Retention time.Duration
	// RetentionBytes bounds what events may take on disk, all partitions
	// together. Default 1 GiB.
	RetentionBytes int64
	// ConsumerGroups besides $Default, which is always there.
	ConsumerGroups []string
	// EventSources are the sources of events besides Telemetry that go to the
	// event log: SourceTwinChange and the others. Default none, as routes are off
	// on a new hub (protocol 7.8).
	EventSources []string
	// DeviceCAs are the authorities whose certificates devices of the
	// authentication type certificateAuthority may show. Default none.
	DeviceCAs *x509.CertPool
	// Gate is asked before the hub does something. Default: everything passes.
	Gate Gate
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Logger gets what an operator of the hub wants to know. Default: nothing.
	Logger *slog.Logger
}

// DefaultConsumerGroup exists in every hub.
const DefaultConsumerGroup = "$Default"

const (
	defaultRetention      = 24 * time.Hour
	defaultRetentionBytes = 1 << 30
	defaultPartitions     = 4
	maxPartitions         = 128
)

// withDefaults fills in what is not set, but for Partitions, which depends on
// the state.
func (o Options) withDefaults() Options {
	if len(o.Names) == 0 {
		o.Names = []string{"localhost"}
	}
	if o.EventHub == "" {
		o.EventHub = entityName(o.Names[0])
	}
	if o.Retention <= 0 {
		o.Retention = defaultRetention
	}
	if o.RetentionBytes <= 0 {
		o.RetentionBytes = defaultRetentionBytes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.ConsumerGroups = withDefaultGroup(o.ConsumerGroups)
	return o
}

func withDefaultGroup(groups []string) []string {
	all := []string{DefaultConsumerGroup}
	for _, g := range groups {
		if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, g) }) {
			all = append(all, g)
		}
	}
	return all
}

// entityName is the hub's name without its domain (protocol 1.1).
func entityName(host string) string {
	if net.ParseIP(host) != nil {
		return "localhost"
	}
	label, _, _ := strings.Cut(host, ".")
	return label
}

// Hub is a running hub without its listeners. Its methods may be called
// concurrently.
type Hub struct {
	o        Options
	db       *store.DB
	policies map[string]Policy // by name in lower case; never changes
	log      *eventlog.Log
	sessions sessions
	activity activities
	methods  methods
	flusher  flusher

	sources           map[string]bool // of events that the hub makes; never changes
	announcer         announcer
	connectionChanges atomic.Int64

	c2d, feedback, files             *queue.Set
	pace                             pace // of feedback
	feedbackListeners, fileListeners listeners

	marking  atomic.Bool            // see MarkTwins
	onMarked atomic.Pointer[func()] // see OnMarked

	lastGeneration int64 // owned by the store's writer goroutine
}

// Names are the host names that the hub answers to; the first is its name.
func (h *Hub) Names() []string { return slices.Clone(h.o.Names) }

// EventHub is the entity name of the built-in endpoint.
func (h *Hub) EventHub() string { return h.o.EventHub }

// Partitions is the number of partitions of the built-in endpoint.
func (h *Hub) Partitions() int { return h.o.Partitions }

// ConsumerGroups are the consumer groups of the built-in endpoint, $Default
// first.
func (h *Hub) ConsumerGroups() []string { return slices.Clone(h.o.ConsumerGroups) }

// HasName tells whether the hub answers to host, which may carry a port.
func (h *Hub) HasName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return slices.ContainsFunc(h.o.Names, func(name string) bool { return strings.EqualFold(name, host) })
}
