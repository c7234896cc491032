package events

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"golang.org/x/sync/errgroup"
)

// A connection is one AMQP connection to the endpoint and the azeventhubs client on it. It is used once: what
// azeventhubs would mend by itself, silently and for as long as it likes, ends it instead, and the run makes
// the next one and says so.
type connection struct {
	client    *azeventhubs.ConsumerClient
	scope     scope
	timeout   time.Duration
	renew     time.Time // when the token wants to be replaced; zero: never
	total     int       // partitions of the hub
	wanted    []string  // ids of those to read
	begin     map[string]azeventhubs.PartitionProperties
	roundTrip time.Duration

	mu      sync.Mutex
	socket  *socket // guarded by mu; nil until dialed
	dialErr error   // guarded by mu
}

var errUsedOnce = errors.New("the connection has ended")

// asksAtOnce bounds how many questions about partitions are under way while connecting.
const asksAtOnce = 8

// open connects to the endpoint and asks what it has.
func open(ctx context.Context, o Options, e Endpoint) (*connection, error) {
	token, renew := eventHubToken(e.EventHub, time.Now(), o.tokenLifetime)
	c := &connection{
		scope:   scope{host: e.EventHub.Host, hub: e.EventHub.EntityPath, group: o.ConsumerGroup},
		timeout: o.Timeout,
		renew:   renew,
		begin:   make(map[string]azeventhubs.PartitionProperties),
	}
	r := o.routeTo(e)
	client, err := azeventhubs.NewConsumerClientFromConnectionString(
		clientString(e.EventHub, token), "", o.ConsumerGroup, &azeventhubs.ConsumerClientOptions{
			ApplicationID: "hubscope",
			RetryOptions:  azeventhubs.RetryOptions{MaxRetries: -1},
			// Made for WebSockets, this is also the way to own the dialing: to say which of its steps failed,
			// and to keep azeventhubs from dialing again.
			NewWebSocketConn: func(ctx context.Context, _ azeventhubs.WebSocketConnParams) (conn net.Conn, err error) {
				return c.dial(ctx, r)
			},
		})
	if err != nil {
		return nil, &Error{Kind: ErrHubNotFound, Subject: e.EventHub.EntityPath, Detail: err.Error(), Err: err}
	}
	c.client = client
	if err := c.ask(ctx, o.Partitions); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *connection) dial(ctx context.Context, r route) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.socket != nil || c.dialErr != nil {
		return nil, errUsedOnce
	}
	sock, err := r.dial(ctx)
	if err != nil {
		c.dialErr = err
		return nil, err
	}
	c.socket = sock
	return sock, nil
}

// ask learns the partitions and where each of the wanted ones stands.
func (c *connection) ask(ctx context.Context, wanted []string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	defer context.AfterFunc(ctx, c.cut)()
	hub, err := c.client.GetEventHubProperties(ctx, nil)
	if err != nil {
		return c.failed(c.scope, err)
	}
	c.total, c.wanted = len(hub.PartitionIDs), wanted
	if len(wanted) == 0 {
		c.wanted = hub.PartitionIDs
	}
	for _, id := range wanted {
		if !slices.Contains(hub.PartitionIDs, id) {
			return &Error{Kind: ErrPartition, Subject: id, Partition: id}
		}
	}
	return c.askAll(ctx)
}

func (c *connection) askAll(ctx context.Context) error {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(asksAtOnce)
	for _, id := range c.wanted {
		group.Go(func() error {
			asked := time.Now()
			properties, err := c.look(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			c.begin[id], c.roundTrip = properties, max(c.roundTrip, time.Since(asked))
			return err
		})
	}
	return group.Wait()
}

// look asks where a partition stands. azeventhubs 2.0.2 waits for the answer for as long as the connection
// lasts, whatever the context says: when the time is over the connection is cut.
func (c *connection) look(ctx context.Context, id string) (azeventhubs.PartitionProperties, error) {
	defer time.AfterFunc(c.timeout, c.cut).Stop()
	properties, err := c.client.GetPartitionProperties(ctx, id, nil)
	if err != nil {
		failed := c.failed(c.scope, err)
		if failed.Kind == ErrHubNotFound { // the hub was found a moment ago
			failed.Kind, failed.Subject, failed.Partition = ErrPartition, id, id
		}
		return properties, failed
	}
	return properties, nil
}

// failed makes one of our errors of one of azeventhubs, with the cause that the socket saw.
func (c *connection) failed(s scope, err error) *Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var mine *Error
	if errors.As(c.dialErr, &mine) {
		return mine
	}
	e := s.classify(err)
	if c.socket != nil {
		c.socket.explain(e)
	}
	return e
}
