package amqp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
)

// BenchmarkRead is what one azeventhubs reader gets out of a hub, as a ratio to
// what the same reader gets from a bare server in memory. Both servers run in a
// process of their own.
//
//	go test -run xxx -bench Read ./hub/localhub/amqp
func BenchmarkRead(b *testing.B) {
	const events = 300_000
	hub := startServer(b, "hub", events)
	bare := startServer(b, "bare", events)
	for _, prefetch := range []int32{300, 5000} {
		b.Run(fmt.Sprintf("prefetch=%d", prefetch), func(b *testing.B) {
			var hubRate, bareRate float64
			for b.Loop() {
				bareRate = max(bareRate, readRate(b, bare, events, prefetch))
				hubRate = max(hubRate, readRate(b, hub, events, prefetch))
			}
			b.ReportMetric(hubRate, "events/s")
			b.ReportMetric(bareRate, "bare-events/s")
			b.ReportMetric(hubRate/bareRate, "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// readRate reads all events once and returns events a second.
func readRate(b *testing.B, cs string, events int, prefetch int32) float64 {
	b.Helper()
	c, err := azeventhubs.NewConsumerClientFromConnectionString(cs, "", "$Default", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(context.Background())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	p, err := c.NewPartitionClient("0", &azeventhubs.PartitionClientOptions{StartPosition: earliest, Prefetch: prefetch})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close(context.Background())
	got := 0
	begin := time.Time{}
	for got < events {
		batch, err := p.ReceiveEvents(ctx, 1000, nil)
		if err != nil {
			b.Fatalf("after %d events: %v", got, err)
		}
		if got == 0 {
			begin = time.Now() // the connection has been made
		}
		got += len(batch)
	}
	return float64(got) / time.Since(begin).Seconds()
}

// serverMode makes the test program a server for the benchmark.
const serverMode = "HUBSCOPE_AMQP_BENCH_SERVER"

// startServer runs this program again as a server and returns its connection
// string.
func startServer(b *testing.B, mode string, events int) string {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchServer$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", serverMode, mode, events))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// TestBenchServer is the server process of BenchmarkRead; it ends with its
// standard input.
func TestBenchServer(t *testing.T) {
	var mode string
	var events int
	if _, err := fmt.Sscan(os.Getenv(serverMode), &mode, &events); err != nil {
		t.Skip("only run by BenchmarkRead")
	}
	h := openCore(t, core.Options{Names: []string{"localhost", "127.0.0.1"}, Partitions: 1})
	switch mode {
	case "hub":
		for range events / 10000 {
			sendD2C(t, h, 10000, benchBody)
		}
		_, addr := serve(t, coreHub{h}, Options{})
		fmt.Println(connectionString(addr, "service", serviceKey(t, h, "service"), h.EventHub(), emulator))
	case "bare":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		sendD2C(t, h, 1, benchBody)
		go serveBare(l, firstPayload(t, h))
		fmt.Println(emulatorString(l.Addr().String(), "myhub"))
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// firstPayload is the first event of partition 0.
func firstPayload(t *testing.T, h *core.Hub) []byte {
	t.Helper()
	r, err := h.OpenReader(0, core.Position{Kind: core.Earliest})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	records, err := r.Next(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return records[0].Payload
}

// benchBody is the size of an event's body.
const benchBody = 200

// serveBare is the reference: the least that azeventhubs accepts, with one
// message that is ready to be sent again and again.
func serveBare(l net.Listener, payload []byte) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer nc.Close()
			bare := bareConn{nc: nc, in: frame.NewReader(nc, 1<<16), payload: payload}
			_ = bare.run()
		}()
	}
}

type bareConn struct {
	nc      net.Conn
	in      *frame.Reader
	payload []byte
	out     []byte
	next    uint32 // delivery-id
	replyTo uint32
}

func (c *bareConn) run() error {
	if _, err := c.in.Protocol(); err != nil {
		return err
	}
	out := frame.Append(frame.Header(frame.ProtocolSASL), frame.KindSASL, 0, &frame.Mechanisms{Names: []frame.Symbol{"ANONYMOUS"}}, nil)
	if _, err := c.nc.Write(out); err != nil {
		return err
	}
	if _, err := c.in.Next(); err != nil {
		return err
	}
	if _, err := c.nc.Write(frame.Append(nil, frame.KindSASL, 0, &frame.Outcome{}, nil)); err != nil {
		return err
	}
	if _, err := c.in.Protocol(); err != nil {
		return err
	}
	if _, err := c.nc.Write(frame.Header(frame.ProtocolAMQP)); err != nil {
		return err
	}
	for {
		f, err := c.in.Next()
		if err != nil {
			return err
		}
		if len(f.Body) == 0 {
			continue
		}
		if err := c.answer(f); err != nil {
			return err
		}
	}
}

func (c *bareConn) answer(f frame.Frame) error {
	p, payload, err := frame.Decode(f.Body)
	if err != nil {
		return err
	}
	c.out = c.out[:0]
	put := func(p frame.Performative) { c.out = frame.Append(c.out, frame.KindAMQP, f.Channel, p, nil) }
	switch p := p.(type) {
	case *frame.Open:
		put(&frame.Open{ContainerID: "bare", MaxFrameSize: 65536, ChannelMax: 100})
	case *frame.Begin:
		put(&frame.Begin{RemoteChannel: frame.Some(f.Channel), IncomingWindow: 5000, OutgoingWindow: 5000, HandleMax: 100})
		c.next = 0
	case *frame.Attach:
		c.attach(p, put)
	case *frame.Transfer:
		c.reply(f.Channel, p, payload)
	case *frame.Flow:
		c.events(f.Channel, p)
	case *frame.Detach:
		put(&frame.Detach{Handle: p.Handle, Closed: true})
	case *frame.End:
		put(&frame.End{})
	case *frame.Close:
		put(&frame.Close{})
	}
	_, err = c.nc.Write(c.out)
	return err
}

func (c *bareConn) attach(a *frame.Attach, put func(frame.Performative)) {
	answer := &frame.Attach{
		Name: a.Name, Handle: a.Handle, Receiver: !a.Receiver, Source: a.Source, Target: a.Target,
		SenderSettleMode: a.SenderSettleMode, ReceiverSettleMode: a.ReceiverSettleMode,
	}
	if a.Receiver {
		answer.InitialDeliveryCount, c.replyTo = frame.Some[uint32](0), a.Handle
		answer.SenderSettleMode = frame.Some[uint8](frame.SenderSettled)
	}
	put(answer)
	if !a.Receiver {
		put(&frame.Flow{
			NextIncomingID: frame.Some[uint32](0), IncomingWindow: 5000, OutgoingWindow: 5000,
			Handle: frame.Some(a.Handle), DeliveryCount: frame.Some[uint32](0), LinkCredit: frame.Some[uint32](100),
		})
	}
}

// reply takes a token and says 200.
func (c *bareConn) reply(channel uint16, t *frame.Transfer, payload []byte) {
	m, err := readMessage(payload)
	if err != nil {
		return
	}
	b, err := request{m}.respond(response{status: 200, description: "OK"})
	if err != nil {
		return
	}
	c.out = frame.Append(c.out, frame.KindAMQP, channel, &frame.Disposition{
		Receiver: true, First: t.DeliveryID.Value, Last: t.DeliveryID.Value, Settled: true, State: frame.Accepted{},
	}, nil)
	c.out = frame.AppendTransfer(c.out, channel, c.replyTo, c.next, true, true, false, b)
	c.next++
}

// events sends as many events as there is credit, the sequence number aside
// always the same.
func (c *bareConn) events(channel uint16, f *frame.Flow) {
	if !f.Handle.Set || f.LinkCredit.Value == 1000 { // of the reply link
		return
	}
	for credit := f.DeliveryCount.Value + f.LinkCredit.Value - c.next; int32(credit) > 0; credit-- {
		c.out = frame.AppendTransfer(c.out, channel, f.Handle.Value, c.next, true, true, false, c.payload)
		c.next++
		if len(c.out) > 1<<18 {
			_, _ = c.nc.Write(c.out)
			c.out = c.out[:0]
		}
	}
}
