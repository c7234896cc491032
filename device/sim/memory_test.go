package sim

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device"
	"hubscope/device/sim/profile"
)

// peerVariable makes the test binary serve as a hub that confirms everything, so that the memory of the
// hub's side is not counted with the devices'.
const peerVariable = "HUBSCOPE_TEST_PEER"

// TestWhatADeviceKeepsIsSmall: record, log, histograms and the state of the profile, without the client, of one among ten
// thousand that has sent for a while. At most 5 kB of the 60.
func TestWhatADeviceKeepsIsSmall(t *testing.T) {
	const devices, greatest = 300, 5 << 10
	for _, p := range profile.Builtins() {
		if p.Name == "chaos" { // bodies of 256 kB take their time
			continue
		}
		o := Options{Profile: p}.withDefaults()
		sched, room := newScheduler(), &logRoom{limit: DefaultLogSize}
		room.devices.Store(10_000)
		all := make([]*Simulated, devices)
		before := live()
		for i := range all {
			all[i] = newSimulated(identity(fmt.Sprint("device-", i)), &o, sched, room)
			all[i].fill(t, 60)
		}
		each := (live() - before) / devices
		t.Logf("%s: %d B", p.Name, each)
		if each > greatest {
			t.Errorf("profile %s: a device keeps %d B, more than %d", p.Name, each, greatest)
		}
		runtime.KeepAlive(all)
	}
}

// fill does to the record what n messages of each kind do.
func (s *Simulated) fill(t *testing.T, n int) {
	now := time.Unix(1e9, 0)
	s.begin(now)
	for i := range n {
		now = now.Add(time.Second)
		for k := range s.kinds {
			m, err := s.gen.Next(k, now)
			if errors.Is(err, profile.ErrNotNow) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			entry := s.record.made(&m, now)
			took := time.Duration(1+i%20) * time.Millisecond
			s.record.log.ack(entry, took)
			s.record.rtt.add(took)
			s.record.late.add(took / 10)
		}
	}
}

// BenchmarkMemoryOfADevice reports what a simulated device costs, connected over TLS and sending once a
// second, its log full, everything that a hub sends subscribed to and its twin read. The figure to reach is 60 kB.
func BenchmarkMemoryOfADevice(b *testing.B) {
	addr, web := startPeer(b)
	trust := &tls.Config{InsecureSkipVerify: true, ServerName: "hub.example"}
	b.Run("TLS", func(b *testing.B) { memoryOf(b, device.Options{MQTTAddr: addr, TLS: trust}) })
	b.Run("WebSocket", func(b *testing.B) {
		memoryOf(b, device.Options{WebSocket: true, WebSocketAddr: web, TLS: trust})
	})
}

func memoryOf(b *testing.B, o device.Options) {
	const devices = 500
	for b.Loop() {
		before := memory()
		f := NewFleet(FleetOptions{Options: Options{Device: o, Interval: 10 * time.Millisecond}})
		began := time.Now()
		for i := range devices {
			if err := f.Start(identity(fmt.Sprint("d", i))); err != nil {
				b.Fatal(err)
			}
		}
		awaitAll(b, f, func(st Status) bool { return st.Confirmed > 0 })
		b.ReportMetric(float64(devices)/time.Since(began).Seconds(), "starts/s")
		awaitAll(b, f, func(st Status) bool { return st.Confirmed > DefaultLogSize })
		for _, st := range f.Status() {
			_ = f.SetInterval(st.DeviceID, time.Second)
		}
		time.Sleep(2 * time.Second)
		goroutines := runtime.NumGoroutine()
		b.ReportMetric(float64(memory()-before)/devices/1024, "kB/device")
		b.ReportMetric(float64(goroutines)/devices, "goroutines/device")
		if err := f.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// live is what is kept, without the room between: that depends on what ran before.
func live() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// memory is what is in use on the heap and in stacks.
func memory() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

func awaitAll(b *testing.B, f *Fleet, ready func(Status) bool) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		missing := 0
		for _, st := range f.Status() {
			if !ready(st) {
				missing++
			}
		}
		if missing == 0 {
			return
		}
	}
	b.Fatal("the devices are not ready after a minute")
}

// startPeer gives the addresses for MQTT and for MQTT over WebSocket.
func startPeer(b *testing.B) (addr, web string) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), peerVariable+"=1")
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	in, err := command.StdinPipe() // its end ends the peer, however this process ends
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	addr, web, _ = strings.Cut(strings.TrimSpace(line), " ")
	return addr, web
}

func servePeer() {
	borrowed := httptest.NewTLSServer(nil)
	certificate := borrowed.TLS.Certificates[0]
	borrowed.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		return
	}
	web, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		return
	}
	fmt.Println(listener.Addr(), web.Addr())
	go func() { _ = http.Serve(web, http.HandlerFunc(confirmAllByWeb)) }()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go confirmAll(conn)
		}
	}()
	_, _ = os.Stdin.Read(make([]byte, 1))
}

func confirmAllByWeb(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"mqtt"}})
	if err != nil {
		return
	}
	confirmAll(websocket.NetConn(context.Background(), socket, websocket.MessageBinary))
}

func confirmAll(conn net.Conn) {
	defer conn.Close()
	for {
		packet, err := packets.ReadPacket(conn)
		if err != nil {
			return
		}
		switch p := packet.(type) {
		case *packets.ConnectPacket:
			err = packets.NewControlPacket(packets.Connack).Write(conn)
		case *packets.SubscribePacket:
			_, err = conn.Write([]byte{0x90, 3, byte(p.MessageID >> 8), byte(p.MessageID), 1})
		case *packets.PublishPacket:
			if p.Qos == 0 {
				err = answerTwin(conn, p.TopicName)
				break
			}
			_, err = conn.Write([]byte{0x40, 2, byte(p.MessageID >> 8), byte(p.MessageID)})
		case *packets.DisconnectPacket:
			return
		}
		if err != nil {
			return
		}
	}
}
