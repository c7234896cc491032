package amqp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"

	"hubscope/hub/localhub/core"
)

// emulatorString is what UseDevelopmentEmulator clients are given (protocol 7.1).
func emulatorString(addr, entity string) string {
	return fmt.Sprintf("Endpoint=sb://%s;SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0;EntityPath=%s;UseDevelopmentEmulator=true", addr, entity)
}

// noRetry makes refusals come at once.
var noRetry = azeventhubs.RetryOptions{MaxRetries: -1}

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func consumer(t testing.TB, addr, entity, group string) *azeventhubs.ConsumerClient {
	t.Helper()
	c, err := azeventhubs.NewConsumerClientFromConnectionString(emulatorString(addr, entity), "", group,
		&azeventhubs.ConsumerClientOptions{RetryOptions: noRetry})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// receive reads n events of a partition.
func receive(t testing.TB, p *azeventhubs.PartitionClient, n int) []*azeventhubs.ReceivedEventData {
	t.Helper()
	ctx := testContext(t)
	var all []*azeventhubs.ReceivedEventData
	for len(all) < n {
		events, err := p.ReceiveEvents(ctx, n-len(all), nil)
		if err != nil {
			t.Fatalf("after %d of %d events: %v", len(all), n, err)
		}
		all = append(all, events...)
	}
	return all
}

func open(t testing.TB, c *azeventhubs.ConsumerClient, partition string, o *azeventhubs.PartitionClientOptions) *azeventhubs.PartitionClient {
	t.Helper()
	p, err := c.NewPartitionClient(partition, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(context.Background()) })
	return p
}

func from(pos azeventhubs.StartPosition) *azeventhubs.PartitionClientOptions {
	return &azeventhubs.PartitionClientOptions{StartPosition: pos}
}

func ptr[T any](v T) *T { return &v }

var earliest = azeventhubs.StartPosition{Earliest: ptr(true)}

// Protocol 7.4.1, 7.4.2.
func TestAzeventhubsProperties(t *testing.T) {
	h := newMemoryHub("myhub", 4)
	h.add(t, 1, 7, 0)
	_, addr := serve(t, h, Options{})
	c := consumer(t, addr, "myhub", "$Default")
	props, err := c.GetEventHubProperties(testContext(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if props.Name != "myhub" || strings.Join(props.PartitionIDs, ",") != "0,1,2,3" {
		t.Errorf("properties %+v", props)
	}
	part, err := c.GetPartitionProperties(testContext(t), "1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if part.LastEnqueuedSequenceNumber != 6 || part.LastEnqueuedOffset != "1200" || part.IsEmpty || part.BeginningSequenceNumber != 0 {
		t.Errorf("partition %+v", part)
	}
	empty, err := c.GetPartitionProperties(testContext(t), "0", nil)
	if err != nil {
		t.Fatal(err)
	}
	if empty.LastEnqueuedSequenceNumber != -1 || empty.LastEnqueuedOffset != "-1" || !empty.IsEmpty {
		t.Errorf("empty partition %+v", empty)
	}
	if _, err := c.GetPartitionProperties(testContext(t), "9", nil); err == nil {
		t.Error("partition 9 has properties")
	}
}

// More than 300 events prove that they come settled (protocol 0, fact 3).
func TestAzeventhubsThousandEvents(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 600, 0)
	_, addr := serve(t, h, Options{})
	p := open(t, consumer(t, addr, "MyHub", "$default"), "0", from(earliest))
	events := receive(t, p, 600)
	h.add(t, 0, 400, 0)
	events = append(events, receive(t, p, 400)...)
	for i, e := range events {
		if e.SequenceNumber != int64(i) || string(e.Body) != fmt.Sprintf(`{"n":%d}`, i) {
			t.Fatalf("event %d: sequence number %d, body %s", i, e.SequenceNumber, e.Body)
		}
	}
	first := events[0]
	if first.Offset != "0" || *first.MessageID != "m0" || first.Properties["k"] != "v" || !first.EnqueuedTime.Equal(firstEnqueued) ||
		first.SystemProperties["iothub-connection-device-id"] != "d1" {
		t.Errorf("first event %+v", first)
	}
}

// A message larger than a frame goes out in several (protocol 8.3).
// Protocol 8.3.1.
func TestAzeventhubsLargeEvents(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 40, 256<<10)
	_, addr := serve(t, h, Options{})
	p := open(t, consumer(t, addr, "myhub", "$Default"), "0", from(earliest))
	for i, e := range receive(t, p, 40) {
		if e.SequenceNumber != int64(i) || len(e.Body) != 256<<10 {
			t.Fatalf("event %d: sequence number %d, %d bytes", i, e.SequenceNumber, len(e.Body))
		}
	}
}

// Protocol 7.5.2.
func TestAzeventhubsPositions(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 10, 0)
	_, addr := serve(t, h, Options{})
	c := consumer(t, addr, "myhub", "$Default")
	for name, tt := range map[string]struct {
		pos  azeventhubs.StartPosition
		want int64
	}{
		"earliest":        {earliest, 0},
		"sequence":        {azeventhubs.StartPosition{SequenceNumber: ptr(int64(4))}, 5},
		"sequence, incl.": {azeventhubs.StartPosition{SequenceNumber: ptr(int64(4)), Inclusive: true}, 4},
		"offset":          {azeventhubs.StartPosition{Offset: ptr("600")}, 4},
		"offset, incl.":   {azeventhubs.StartPosition{Offset: ptr("600"), Inclusive: true}, 3},
		"offset -1":       {azeventhubs.StartPosition{Offset: ptr("-1")}, 0},
		"time":            {azeventhubs.StartPosition{EnqueuedTime: ptr(firstEnqueued.Add(6 * time.Millisecond))}, 7},
		"time, incl.":     {azeventhubs.StartPosition{EnqueuedTime: ptr(firstEnqueued.Add(6 * time.Millisecond)), Inclusive: true}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, c, "0", from(tt.pos))
			defer p.Close(context.Background())
			if e := receive(t, p, 1)[0]; e.SequenceNumber != tt.want {
				t.Errorf("first event %d, want %d", e.SequenceNumber, tt.want)
			}
		})
	}
}

// Protocol 7.5.2.
func TestAzeventhubsLatest(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 10, 0)
	s, addr := serve(t, h, Options{})
	p := open(t, consumer(t, addr, "myhub", "$Default"), "0", nil)
	got := make(chan []*azeventhubs.ReceivedEventData, 1)
	go func() {
		events, err := p.ReceiveEvents(testContext(t), 1, nil)
		if err != nil {
			t.Error(err)
		}
		got <- events
	}()
	eventually(t, "a receiver", func() bool { return s.receivers.count() == 1 })
	h.add(t, 0, 1, 0)
	if events := <-got; len(events) != 1 || events[0].SequenceNumber != 10 {
		t.Errorf("got %+v", events)
	}
}

// Protocol 7.7: refusals come at once, each with its reason.
// Protocol 7.5.4, 7.7.1.
func TestAzeventhubsRefusals(t *testing.T) {
	h := newMemoryHub("myhub", 2)
	h.add(t, 0, 1, 0)
	_, addr := serve(t, h, Options{})
	for name, tt := range map[string]struct {
		entity, group, partition string
		pos                      azeventhubs.StartPosition
		want                     string
	}{
		"unknown hub":       {"other", "$Default", "0", earliest, condNotFound},
		"unknown group":     {"myhub", "third", "0", earliest, condNotFound},
		"unknown partition": {"myhub", "$Default", "2", earliest, core.ConditionOutOfRange},
		"odd partition":     {"myhub", "$Default", "01", earliest, core.ConditionOutOfRange},
		"offset too large":  {"myhub", "$Default", "0", azeventhubs.StartPosition{Offset: ptr("999999")}, core.ConditionArgument},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, consumer(t, addr, tt.entity, tt.group), tt.partition, from(tt.pos))
			_, err := p.ReceiveEvents(testContext(t), 1, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// A wrong key is refused when the token is put (protocol 7.7).
// Protocol 6.2.3, 7.7.2.
func TestAzeventhubsWrongKey(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.authenticate = func(string) (core.Principal, error) {
		return core.Principal{}, core.NewError(core.CodeUnauthorized, "The signature is wrong.")
	}
	_, addr := serve(t, h, Options{})
	c := consumer(t, addr, "myhub", "$Default")
	_, err := c.GetEventHubProperties(testContext(t), nil)
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("properties: %v, want status 401", err)
	}
	_, err = open(t, c, "0", from(earliest)).ReceiveEvents(testContext(t), 1, nil)
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("receive: %v, want status 401", err)
	}
}

// A policy without ServiceConnect may not listen (protocol 1.3).
// Protocol 1.3.4.
func TestAzeventhubsWithoutRights(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.authenticate = func(string) (core.Principal, error) {
		return core.Principal{Policy: "device", Rights: core.DeviceConnect}, nil
	}
	_, addr := serve(t, h, Options{})
	_, err := open(t, consumer(t, addr, "myhub", "$Default"), "0", from(earliest)).ReceiveEvents(testContext(t), 1, nil)
	if err == nil || !strings.Contains(err.Error(), condUnauthorized) {
		t.Errorf("got %v, want %s", err, condUnauthorized)
	}
}

// Protocol 7.6: at most five readers without owner level.
// Protocol 7.6.3, 7.6.4.
func TestAzeventhubsFiveReceivers(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 10, 0)
	s, addr := serve(t, h, Options{})
	c := consumer(t, addr, "myhub", "$Default")
	var clients []*azeventhubs.PartitionClient
	for range maxReceivers {
		p := open(t, c, "0", from(earliest))
		receive(t, p, 1)
		clients = append(clients, p)
	}
	_, err := open(t, c, "0", from(earliest)).ReceiveEvents(testContext(t), 1, nil)
	if err == nil || !strings.Contains(err.Error(), condLimit) {
		t.Errorf("the sixth got %v, want %s", err, condLimit)
	}
	receive(t, open(t, consumer(t, addr, "myhub", "second"), "0", from(earliest)), 1)
	if err := clients[0].Close(testContext(t)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a free place", func() bool { return s.receivers.count() == maxReceivers })
	receive(t, open(t, c, "0", from(earliest)), 1)
}

// Protocol 7.6: an owner level takes the partition.
// Protocol 7.6.1.
func TestAzeventhubsOwnerLevel(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 10, 0)
	_, addr := serve(t, h, Options{})
	c := consumer(t, addr, "myhub", "$Default")
	owned := func(level int64) *azeventhubs.PartitionClient {
		return open(t, c, "0", &azeventhubs.PartitionClientOptions{StartPosition: earliest, OwnerLevel: &level})
	}
	free := open(t, c, "0", from(earliest))
	receive(t, free, 10)
	first := owned(1)
	receive(t, first, 10)
	lost(t, "the reader without level", free)
	second := owned(1)
	receive(t, second, 10)
	lost(t, "the first owner", first)
	third := owned(7)
	receive(t, third, 10)
	lost(t, "the second owner", second)
}

// lost expects that a partition client was stolen from.
func lost(t *testing.T, who string, p *azeventhubs.PartitionClient) {
	t.Helper()
	_, err := p.ReceiveEvents(testContext(t), 1, nil)
	var ee *azeventhubs.Error
	if !errors.As(err, &ee) || ee.Code != azeventhubs.ErrorCodeOwnershipLost {
		t.Errorf("%s got %v, want %s", who, err, azeventhubs.ErrorCodeOwnershipLost)
	}
}

// A client that stops and comes back goes on where it was.
func TestAzeventhubsResume(t *testing.T) {
	h := newMemoryHub("myhub", 1)
	h.add(t, 0, 50, 0)
	_, addr := serve(t, h, Options{})
	p := open(t, consumer(t, addr, "myhub", "$Default"), "0", from(earliest))
	last := receive(t, p, 20)[19].SequenceNumber
	if err := p.Close(testContext(t)); err != nil {
		t.Fatal(err)
	}
	again := open(t, consumer(t, addr, "myhub", "$Default"), "0", from(azeventhubs.StartPosition{SequenceNumber: &last}))
	if e := receive(t, again, 1)[0]; e.SequenceNumber != last+1 {
		t.Errorf("resumed at %d after %d", e.SequenceNumber, last)
	}
}

// eventually polls until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (r *receivers) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, there := range r.at {
		n += len(there)
	}
	return n
}
