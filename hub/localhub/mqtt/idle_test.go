package mqtt

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/tlsca"
)

// idleClients is the environment variable that makes this test binary the other end of BenchmarkIdle, so
// that only the server is in the process that is measured.
const idleClients = "HUBSCOPE_TEST_IDLE_CLIENTS"

var idleConnections = flag.Int("connections", 1000, "idle connections of BenchmarkIdle")

// BenchmarkIdle tells what an idle connection over TLS costs in the server: heap and stacks, in bytes. Under
// 60 kB is to be reached.
func BenchmarkIdle(b *testing.B) {
	connections := *idleConnections
	s := newStation(b)
	ca, err := tlsca.Open(b.TempDir(), []string{"localhost"})
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s.serve(tls.NewListener(l, ca.ServerConfig()))
	owner, _ := s.hub.Policy("iothubowner")
	for i := range connections {
		s.device(idleName(i))
	}
	for b.Loop() {
		before := memory()
		clients := startIdleClients(b, l.Addr().String(), ca.CAFile(), string(s.policyToken("iothubowner", owner.Primary)), connections)
		b.ReportMetric(float64(memory()-before)/float64(connections), "B/connection")
		clients.stop(b)
		eventually(b, func() bool {
			s.server.mu.Lock()
			defer s.server.mu.Unlock()
			return len(s.server.conns) == 0
		})
	}
	b.ReportMetric(0, "ns/op")
}

func idleName(i int) string { return fmt.Sprintf("idle-%d", i) }

// memory is what the program uses now, without garbage.
func memory() int64 {
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// otherProcess is the process with the clients.
type otherProcess struct {
	command *exec.Cmd
	stdin   io.Closer
}

// startIdleClients returns when all are connected.
func startIdleClients(b *testing.B, addr, ca, token string, n int) *otherProcess {
	b.Helper()
	command := exec.CommandContext(b.Context(), os.Args[0], "-test.run", "^TestMain$")
	command.Env = append(os.Environ(), idleClients+"="+strconv.Itoa(n), "ADDR="+addr, "CA="+ca, "TOKEN="+token)
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		b.Fatalf("the clients say %q, %v", line, err)
	}
	return &otherProcess{command, stdin}
}

func (p *otherProcess) stop(b *testing.B) {
	p.stdin.Close()
	if err := p.command.Wait(); err != nil {
		b.Fatal(err)
	}
}

// beIdleClients connects as many devices and holds them until standard input ends.
func beIdleClients(count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	pem, err := os.ReadFile(os.Getenv("CA"))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return errors.New("no certificate of the authority")
	}
	trust := &tls.Config{RootCAs: roots, ServerName: "localhost"}
	for i := range n {
		conn, err := connectIdle(trust, idleName(i))
		if err != nil {
			return err
		}
		defer conn.Close()
	}
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func connectIdle(trust *tls.Config, id string) (net.Conn, error) {
	conn, err := tls.Dial("tcp", os.Getenv("ADDR"), trust)
	if err != nil {
		return nil, err
	}
	p := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	p.ProtocolName, p.ProtocolVersion, p.Keepalive = "MQTT", 4, 600
	p.ClientIdentifier = id
	p.UsernameFlag, p.Username = true, topic.Username("localhost", id, "")
	p.PasswordFlag, p.Password = true, []byte(os.Getenv("TOKEN"))
	if err := p.Write(conn); err != nil {
		return nil, err
	}
	answer, err := packets.ReadPacket(conn)
	if err != nil {
		return nil, err
	}
	if ack, ok := answer.(*packets.ConnackPacket); !ok || ack.ReturnCode != packets.Accepted {
		return nil, fmt.Errorf("connect %s: %s", id, answer)
	}
	return conn, nil
}
