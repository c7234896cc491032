package clients

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"github.com/coder/websocket"

	"hubscope/hub/localhub"
	"hubscope/hub/localhub/interop/station"
	"hubscope/hub/secret"
)

// entrance is one of the ways in of an Event Hubs client.
type entrance string

const (
	emulator entrance = "emulator" // plain, with the connection string that the hub prints
	secure   entrance = "TLS"      // the AMQP port, by CustomEndpoint
	socket   entrance = "WebSocket"
)

// consumer is azeventhubs on a consumer group. An empty group is $Default.
func consumer(s *station.Station, by entrance, policy string, key secret.Text, group string) *azeventhubs.ConsumerClient {
	s.T.Helper()
	if group == "" {
		group = azeventhubs.DefaultConsumerGroup
	}
	o := &azeventhubs.ConsumerClientOptions{RetryOptions: azeventhubs.RetryOptions{MaxRetries: -1}}
	endpoint := "sb://localhost/"
	suffix := ""
	switch by {
	case emulator:
		endpoint, suffix = "sb://localhost:"+s.Variable("HUBSCOPE_AMQP_PLAIN_PORT")+"/", ";UseDevelopmentEmulator=true"
	case secure:
		o.CustomEndpoint, o.TLSConfig = s.Hub.Target().AMQPAddr, s.Trust()
	case socket:
		o.NewWebSocketConn = func(ctx context.Context, _ azeventhubs.WebSocketConnParams) (net.Conn, error) {
			c, _, err := websocket.Dial(ctx, "wss://localhost:"+s.Variable("HUBSCOPE_HTTPS_PORT")+"/$servicebus/websocket", &websocket.DialOptions{
				Subprotocols: []string{"amqp"},
				HTTPClient:   &http.Client{Transport: &http.Transport{TLSClientConfig: s.Trust(), DisableKeepAlives: true}},
			})
			if err != nil {
				return nil, err
			}
			return websocket.NetConn(context.WithoutCancel(ctx), c, websocket.MessageBinary), nil
		}
	}
	c, err := azeventhubs.NewConsumerClientFromConnectionString(
		fmt.Sprintf("Endpoint=%s;SharedAccessKeyName=%s;SharedAccessKey=%s;EntityPath=%s%s", endpoint, policy, key.Reveal(), s.Hub.Core().EventHub(), suffix),
		"", group, o)
	must(s.T, err)
	s.T.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func partition(s *station.Station, c *azeventhubs.ConsumerClient, id string, o azeventhubs.PartitionClientOptions) *azeventhubs.PartitionClient {
	s.T.Helper()
	p, err := c.NewPartitionClient(id, &o)
	must(s.T, err)
	s.T.Cleanup(func() { _ = p.Close(context.Background()) })
	return p
}

func bodies(s *station.Station, p *azeventhubs.PartitionClient, n int) []string {
	s.T.Helper()
	var got []string
	for len(got) < n {
		events, err := p.ReceiveEvents(s.Context(), n-len(got), nil)
		must(s.T, err)
		for _, e := range events {
			got = append(got, string(e.Body))
		}
	}
	return got
}

// onePartition starts a hub with a single partition, so that a test knows where its events are.
func onePartition(t *testing.T) *station.Station {
	t.Helper()
	return station.Start(t, func(o *localhub.Options) { o.Partitions, o.ConsumerGroups = 1, []string{"others"} })
}

func publish(s *station.Station, i station.Identity, from, to int) {
	s.T.Helper()
	c := s.Connect(i, station.TLS)
	for n := from; n < to; n++ {
		c.Publish(1, i.Path()+"/messages/events/", fmt.Sprint(n))
	}
	c.Disconnect(100)
}

// What azeventhubs asks of the hub, by every way in: properties, events from the start, in any consumer group
// (protocol 7.1, 7.4, 7.5).
// Protocol 0.9, 7.1.1, 7.1.2, 7.1.3, 7.4.1, 7.6.4.
func TestReader(t *testing.T) {
	s := onePartition(t)
	publish(s, s.Device("wind-1"), 0, 3)
	for _, by := range []entrance{emulator, secure, socket} {
		t.Run(string(by), func(t *testing.T) {
			s := s.In(t)
			for _, group := range []string{"", "others"} {
				c := consumer(s, by, "service", s.Policy("service"), group)
				hub, err := c.GetEventHubProperties(s.Context(), nil)
				must(t, err)
				if hub.Name != s.Hub.Core().EventHub() || len(hub.PartitionIDs) != 1 || time.Since(hub.CreatedOn) > time.Hour {
					t.Errorf("%+v", hub)
				}
				state, err := c.GetPartitionProperties(s.Context(), "0", nil)
				must(t, err)
				if state.IsEmpty || state.BeginningSequenceNumber != 0 || state.LastEnqueuedSequenceNumber != 2 || time.Since(state.LastEnqueuedOn) > time.Hour {
					t.Errorf("%+v", state)
				}
				p := partition(s, c, "0", azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Earliest: new(true)}})
				if got := strings.Join(bodies(s, p, 3), " "); got != "0 1 2" {
					t.Errorf("group %q: %s", group, got)
				}
			}
		})
	}
}

// Every start position, exclusive and inclusive (protocol 7.5).
// Protocol 7.5.2.
func TestReaderPositions(t *testing.T) {
	s := onePartition(t)
	wind := s.Device("wind-1")
	publish(s, wind, 0, 5)
	c := consumer(s, secure, "service", s.Policy("service"), "")
	all := s.Events(5, 0)
	middle := all[2]
	for name, tt := range map[string]struct {
		at    azeventhubs.StartPosition
		first string
	}{
		"earliest":                  {azeventhubs.StartPosition{Earliest: new(true)}, "0"},
		"after an offset":           {azeventhubs.StartPosition{Offset: &middle.Offset}, "3"},
		"from an offset":            {azeventhubs.StartPosition{Offset: &middle.Offset, Inclusive: true}, "2"},
		"after a sequence number":   {azeventhubs.StartPosition{SequenceNumber: &middle.SequenceNumber}, "3"},
		"from a sequence number":    {azeventhubs.StartPosition{SequenceNumber: &middle.SequenceNumber, Inclusive: true}, "2"},
		"after a time long ago":     {azeventhubs.StartPosition{EnqueuedTime: new(time.Now().Add(-time.Hour))}, "0"},
		"from the first one's time": {azeventhubs.StartPosition{EnqueuedTime: all[0].EnqueuedTime, Inclusive: true}, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := s.In(t)
			p := partition(s, c, "0", azeventhubs.PartitionClientOptions{StartPosition: tt.at})
			if got := bodies(s, p, 1)[0]; got != tt.first {
				t.Errorf("first %s, want %s", got, tt.first)
			}
		})
	}
	t.Run("latest", func(t *testing.T) {
		s := s.In(t)
		p := partition(s, c, "0", azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Latest: new(true)}})
		first := make(chan string, 1)
		ctx := s.Context()
		go func() {
			defer close(first)
			if events, err := p.ReceiveEvents(ctx, 1, nil); err != nil {
				t.Error(err)
			} else {
				first <- string(events[0].Body)
			}
		}()
		device := s.Connect(wind, station.TLS)
		s.Until("an event after the link was made", func() bool {
			device.Publish(1, wind.Path()+"/messages/events/", "new")
			return len(first) > 0 || t.Failed()
		})
		if got := <-first; got != "new" {
			t.Errorf("first %q, want one that came later", got)
		}
	})
}

// An owner takes the partition from those of a lower level and is safe from them (protocol 7.6).
// Protocol 7.6.1, 7.6.4.
func TestReaderOwnerLevel(t *testing.T) {
	s := onePartition(t)
	publish(s, s.Device("wind-1"), 0, 1)
	c := consumer(s, secure, "service", s.Policy("service"), "")
	open := func(level *int64) *azeventhubs.PartitionClient {
		return partition(s, c, "0", azeventhubs.PartitionClientOptions{OwnerLevel: level, StartPosition: azeventhubs.StartPosition{Earliest: new(true)}})
	}
	lost := func(what string, p *azeventhubs.PartitionClient) {
		t.Helper()
		_, err := p.ReceiveEvents(s.Context(), 1, nil)
		var e *azeventhubs.Error
		if !errors.As(err, &e) || e.Code != azeventhubs.ErrorCodeOwnershipLost {
			t.Errorf("%s: %v", what, err)
		}
	}
	plain := open(nil)
	bodies(s, plain, 1)
	low := open(new(int64(1)))
	bodies(s, low, 1)
	lost("a receiver without a level", plain)
	high := open(new(int64(2)))
	bodies(s, high, 1)
	lost("a receiver of a lower level", low)
	others := consumer(s, secure, "service", s.Policy("service"), "others")
	bodies(s, partition(s, others, "0", azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Earliest: new(true)}}), 1) // another group is another matter
}

// What a reader may not have it is told at once (protocol 7.6, 7.7, 1.3, 1.4).
// Protocol 1.3.4, 7.6.3, 7.7.1, 7.7.2.
func TestReaderIsRefused(t *testing.T) {
	s := onePartition(t)
	publish(s, s.Device("wind-1"), 0, 1)
	service := s.Policy("service")
	start := azeventhubs.PartitionClientOptions{StartPosition: azeventhubs.StartPosition{Earliest: new(true)}}
	for name, c := range map[string]struct {
		policy    string
		key       secret.Text
		group, id string
		words     string
	}{
		"unknown group":     {"service", service, "nobody", "0", "amqp:not-found"},
		"unknown partition": {"service", service, "", "7", "argument-out-of-range"},
		"wrong key":         {"service", s.Policy("device"), "", "0", "401"},
		"unknown policy":    {"nobody", service, "", "0", "401"},
		"no right":          {"registryRead", s.Policy("registryRead"), "", "0", "unauthorized"},
	} {
		for _, by := range []entrance{emulator, secure} {
			t.Run(name+" by "+string(by), func(t *testing.T) {
				s := s.In(t)
				p := partition(s, consumer(s, by, c.policy, c.key, c.group), c.id, start)
				events, err := p.ReceiveEvents(s.Context(), 1, nil)
				if err == nil || !strings.Contains(strings.ToLower(err.Error()), c.words) {
					t.Errorf("%d events, %v; want %s", len(events), err, c.words)
				}
				if err != nil && strings.Contains(err.Error(), c.key.Reveal()) {
					t.Error("a key is in the error")
				}
			})
		}
	}
	c := consumer(s, secure, "service", service, "others")
	for range 5 {
		bodies(s, partition(s, c, "0", start), 1)
	}
	_, err := partition(s, c, "0", start).ReceiveEvents(s.Context(), 1, nil)
	if err == nil || !strings.Contains(err.Error(), "amqp:resource-limit-exceeded") {
		t.Errorf("the sixth receiver: %v", err)
	}
}
