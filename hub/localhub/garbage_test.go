package localhub_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/sas"
	"hubscope/hub/wire"
)

var (
	garbageSeconds = flag.Int("garbage.slow", 0, "how many seconds slow clients of TestSlowClients are waited for; 0 skips it, 60 is enough")
	garbageSilent  = flag.Int("garbage.silent", 200, "how many connections of TestSilentConnections say nothing")
)

// closesWithin bounds how long a connection that broke the rules lives.
const closesWithin = 20 * time.Second

// door is a way in.
type door struct {
	name string
	addr string
	tls  bool
}

func doors(h *localhub.Hub) []door {
	env := environment(h)
	at := func(name string) string { return "127.0.0.1:" + env[name] }
	return []door{
		{"https", at("HUBSCOPE_HTTPS_PORT"), true},
		{"mqtt", at("HUBSCOPE_MQTT_PORT"), true},
		{"amqp", at("HUBSCOPE_AMQP_PORT"), true},
		{"amqp plain", at("HUBSCOPE_AMQP_PLAIN_PORT"), false},
	}
}

func (d door) open(t testing.TB, h *localhub.Hub) net.Conn {
	t.Helper()
	dialer := &net.Dialer{Timeout: closesWithin}
	if !d.tls {
		c, err := dialer.DialContext(t.Context(), "tcp", d.addr)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	config := h.Target().TLS.Clone()
	config.ServerName = "localhost"
	c, err := (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(t.Context(), "tcp", d.addr)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// goodClients keep a round trip going on REST and MQTT while others misbehave,
// and count.
type goodClients struct {
	stop     context.CancelFunc
	running  sync.WaitGroup
	mu       sync.Mutex
	trips    map[string]int
	failures []error
}

func startGoodClients(t *testing.T, h *localhub.Hub) *goodClients {
	t.Helper()
	d := createDevice(t, h, "good")
	target := h.Target()
	rest, err := hub.New(hub.Options{Target: target, Retry: hub.Retry{Tries: 1}})
	if err != nil {
		t.Fatal(err)
	}
	mqtt, err := device.New(target.Service.ForDevice(d.DeviceID, d.Auth.Primary), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
	if err != nil {
		t.Fatal(err)
	}
	if err := mqtt.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	g := &goodClients{stop: cancel, trips: map[string]int{}}
	g.keep(ctx, "rest", func() error { _, err := rest.Device(ctx, "good"); return err })
	g.keep(ctx, "mqtt", func() error {
		receipt, err := mqtt.Send(device.Message{Body: []byte("still here")})
		if err != nil {
			return err
		}
		select {
		case <-receipt.Done():
			return receipt.Err()
		case <-time.After(closesWithin):
			return errors.New("no acknowledgement")
		}
	})
	t.Cleanup(func() {
		cancel()
		g.running.Wait()
		_ = mqtt.Close(context.Background())
		rest.Close()
	})
	return g
}

func (g *goodClients) keep(ctx context.Context, name string, trip func() error) {
	g.running.Go(func() {
		for ctx.Err() == nil {
			err := trip()
			g.mu.Lock()
			if err != nil && ctx.Err() == nil {
				g.failures = append(g.failures, fmt.Errorf("%s: %w", name, err))
			} else {
				g.trips[name]++
			}
			g.mu.Unlock()
		}
	})
}

// check ends them: none may have met an error.
func (g *goodClients) check(t *testing.T) {
	t.Helper()
	g.stop()
	g.running.Wait()
	t.Logf("round trips meanwhile: %v", g.trips)
	for _, name := range []string{"rest", "mqtt"} {
		if g.trips[name] == 0 {
			t.Errorf("no round trip on %s", name)
		}
	}
	if len(g.failures) > 0 {
		t.Errorf("%d round trips failed, the first: %v", len(g.failures), g.failures[0])
	}
}

// ends reads until the connection ends and tells whether it did in time.
func ends(c net.Conn, within time.Duration) bool {
	_ = c.SetReadDeadline(time.Now().Add(within))
	_, err := io.Copy(io.Discard, io.LimitReader(c, 1<<20))
	var network net.Error
	return !(errors.As(err, &network) && network.Timeout())
}

// TestGarbageOnEveryPort: whatever comes, the connection ends, and nobody else's.
func TestGarbageOnEveryPort(t *testing.T) {
	h := start(t, localhub.Options{})
	good := startGoodClients(t, h)
	before := settled()
	var clients sync.WaitGroup
	for _, d := range doors(h) {
		for name, bytes := range garbage() {
			clients.Go(func() {
				c := d.open(t, h)
				defer c.Close()
				_, _ = c.Write(bytes)
				if !ends(c, closesWithin) {
					t.Errorf("%s: still open %v after %s", d.name, closesWithin, name)
				}
			})
		}
		if d.tls {
			clients.Go(func() {
				plain := door{d.name, d.addr, false}
				c := plain.open(t, h)
				defer c.Close()
				_, _ = c.Write(bytes.Repeat([]byte{0x55}, 10_000))
				if !ends(c, closesWithin) {
					t.Errorf("%s: still open after garbage before TLS", d.name)
				}
			})
		}
	}
	clients.Wait()
	good.check(t)
	bounded(t, before)
}

// garbage is what no protocol of any port allows, or what asks for absurd
// amounts.
func garbage() map[string][]byte {
	random := make([]byte, 64<<10)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(random)
	amqpOpen := func(performative []byte) []byte {
		frame := binary.BigEndian.AppendUint32(nil, uint32(8+len(performative)))
		frame = append(frame, 2, 0, 0, 0)
		return append([]byte("AMQP\x00\x01\x00\x00"), append(frame, performative...)...)
	}
	return map[string][]byte{
		"random bytes":              random,
		"zeros":                     make([]byte, 64<<10),
		"MQTT of 256 MB":            append([]byte{0x10, 0xff, 0xff, 0xff, 0x7f}, random...),
		"MQTT length without end":   {0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"MQTT publish first":        {0x32, 0x06, 0x00, 0x01, 'a', 0x00, 0x01, 'x'},
		"AMQP frame of 4 GB":        append([]byte("AMQP\x00\x01\x00\x00\xff\xff\xff\xff\x02\x00\x00\x00"), random...),
		"AMQP frame of 0":           []byte("AMQP\x00\x01\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00"),
		"AMQP list of 2^32":         amqpOpen([]byte{0x00, 0x53, 0x10, 0xd0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
		"AMQP array of 2^32":        amqpOpen([]byte{0x00, 0x53, 0x10, 0xc0, 0x0a, 0x01, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x40}),
		"AMQP described 10^4 deep":  amqpOpen(bytes.Repeat([]byte{0x00}, 10_000)),
		"AMQP lists 10^4 deep":      amqpOpen(append([]byte{0x00, 0x53, 0x10}, bytes.Repeat([]byte{0xd0, 0, 0, 0xff, 0xff, 0, 0, 0, 1}, 5000)...)),
		"AMQP of another version":   []byte("AMQP\x09\x09\x09\x09"),
		"HTTP header of 1 MB":       []byte("GET / HTTP/1.1\r\nHost: localhost\r\nx: " + strings.Repeat("y", 1<<20) + "\r\n\r\n"),
		"HTTP headers without end":  []byte("GET / HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("a: b\r\n", 50_000)),
		"HTTP of no version":        []byte("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
		"HTTP, both lengths":        []byte("PUT /devices/d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
		"HTTP, negative length":     []byte("PUT /devices/d HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"),
		"WebSocket with no key":     []byte("GET /$iothub/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n"),
		"WebSocket, wrong protocol": []byte("GET /$servicebus/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: x\r\n\r\nGET / HTTP/0.1\r\n\r\n"),
	}
}

// usage is what connections cost.
type usage struct {
	goroutines int
	heap       uint64
}

func settled() usage {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return usage{runtime.NumGoroutine(), m.HeapAlloc}
}

// bounded waits until what connections cost has been given back.
func bounded(t *testing.T, before usage) {
	t.Helper()
	deadline := time.Now().Add(closesWithin)
	for {
		now := settled()
		if now.goroutines <= before.goroutines && now.heap < before.heap+32<<20 {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("goroutines %d before, %d after; heap %d kB before, %d kB after", before.goroutines, now.goroutines, before.heap>>10, now.heap>>10)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestSilentConnections: connections that say nothing cost little, and no one
// else anything.
func TestSilentConnections(t *testing.T) {
	h := start(t, localhub.Options{})
	good := startGoodClients(t, h)
	before := settled()
	var all []net.Conn
	defer func() {
		for _, c := range all {
			_ = c.Close()
		}
	}()
	for i := range *garbageSilent {
		d := doors(h)[i%4]
		c, err := net.Dial("tcp", d.addr)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	now := settled()
	each := float64(now.heap-min(before.heap, now.heap)) / float64(*garbageSilent)
	t.Logf("%d silent connections: %.1f kB of heap and %.1f goroutines each", *garbageSilent, each/1024, float64(now.goroutines-before.goroutines)/float64(*garbageSilent))
	if each > 64<<10 {
		t.Errorf("%.0f bytes for a connection that says nothing", each)
	}
	if *garbageSeconds > 0 {
		open := make(chan bool, len(all))
		for _, c := range all {
			go func() { open <- !ends(c, time.Duration(*garbageSeconds)*time.Second) }()
		}
		left := 0
		for range all {
			if <-open {
				left++
			}
		}
		if left > 0 {
			t.Errorf("%d of %d are open after %d s", left, len(all), *garbageSeconds)
		}
	}
	good.check(t)
}

// TestSlowClients: a byte a second is as good as silence.
//
//	go test ./hub/localhub -run TestSlowClients -garbage.slow 60
func TestSlowClients(t *testing.T) {
	if *garbageSeconds == 0 {
		t.Skip("waits for time-outs: run with -garbage.slow 60")
	}
	h := start(t, localhub.Options{})
	good := startGoodClients(t, h)
	hello := clientHello(t)
	connect := append([]byte{0x10, 0x7f, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60}, make([]byte, 115)...)
	header := "GET /$iothub/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + strings.Repeat("a: b\r\n", 30)
	body := []byte("PUT /devices/good HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat(" ", 200))
	chunks := []byte("PUT /devices/good HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\n \r\n", 60))
	amqp := append([]byte("AMQP\x00\x01\x00\x00\x00\x00\x01\x00\x02\x00\x00\x00"), make([]byte, 200)...)
	var clients sync.WaitGroup
	slow := func(d door, name string, text []byte, atOnce int) {
		clients.Go(func() {
			c := d.open(t, h)
			defer c.Close()
			began := time.Now()
			_, _ = c.Write(text[:atOnce])
			ended := make(chan struct{})
			go func() { _, _ = io.Copy(io.Discard, c); close(ended) }()
			for _, b := range text[atOnce:] {
				select {
				case <-ended:
					t.Logf("%s, %s: ended after %v", d.name, name, time.Since(began).Round(time.Second))
					return
				case <-time.After(time.Second):
				}
				_, _ = c.Write([]byte{b})
				if time.Since(began) > time.Duration(*garbageSeconds)*time.Second {
					t.Errorf("%s, %s: still open after %v", d.name, name, time.Since(began).Round(time.Second))
					_ = c.Close()
					<-ended
					return
				}
			}
			<-ended
		})
	}
	for _, d := range doors(h) {
		if d.tls {
			slow(door{d.name, d.addr, false}, "TLS handshake", hello, 0)
		}
		switch d.name {
		case "https":
			slow(d, "headers", []byte(header), 0)
			slow(d, "body", body, bytes.Index(body, []byte("\r\n\r\n"))+4)
			endless := []byte("PUT /devices/good HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" + strings.Repeat("x", 200))
			slow(d, "a chunk of 2^63", endless, len(endless)-200)
			slow(d, "chunks", chunks, bytes.Index(chunks, []byte("\r\n\r\n"))+4)
		case "mqtt":
			slow(d, "CONNECT", connect, 0)
		default:
			slow(d, "protocol header and open", amqp, 0)
			slow(d, "open", amqp, 16)
		}
	}
	clients.Wait()
	good.check(t)
}

// clientHello is what a TLS client says first.
func clientHello(t *testing.T) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer server.Close()
	go func() { _ = tls.Client(client, &tls.Config{ServerName: "localhost"}).HandshakeContext(t.Context()) }()
	b := make([]byte, 4096)
	n, err := server.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	return b[:n]
}

// TestPathsStayInside: no path reaches outside what it is for.
func TestPathsStayInside(t *testing.T) {
	dir := t.TempDir()
	h := start(t, localhub.Options{StateDir: dir})
	good := startGoodClients(t, h)
	secret := filepath.Join(dir, "secret.txt")
	if err := os.WriteFile(secret, []byte("nobody may read this"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "uploads", "link")); err != nil {
		t.Fatal(err)
	}
	token := ownerToken(t, h)
	for _, path := range []string{
		"/uploads/../secret.txt", "/uploads/%2e%2e/secret.txt", "/uploads/..%2fsecret.txt", "/uploads/%2e%2e%2fsecret.txt",
		"/uploads/..%5csecret.txt", "/uploads/link/secret.txt", "/uploads/good/../../secret.txt", "/uploads//secret.txt",
		"/uploads/good/%00", "/uploads/" + secret, "/../secret.txt", "/%2e%2e/secret.txt", "/devices/..", "/devices/%2e%2e",
		"/devices/..%2f..%2fsecret.txt", "/devices/%00", "/devices/a%2fb", "/devices/..%5c..%5csecret.txt", "//", "/\\", "/%zz",
		"/twins/..", "/jobs/v2/..%2f..", "/configurations/%2e%2e", "/devices/good/files/%2e%2e", "/" + strings.Repeat("a/", 20_000),
	} {
		for _, method := range []string{"GET", "PUT", "DELETE", "HEAD"} {
			c := doors(h)[0].open(t, h)
			_ = c.SetDeadline(time.Now().Add(closesWithin))
			body := `{"deviceId":".."}`
			fmt.Fprintf(c, "%s %s?api-version=2021-04-12&sv=2018-03-28&sr=b&sp=rw&se=2099-01-01T00:00:00Z&sig=AAAA HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\nConnection: close\r\nx-ms-blob-type: BlockBlob\r\nContent-Length: %d\r\n\r\n%s", method, path, token, len(body), body)
			answer, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
			if err != nil {
				t.Errorf("%s %.60s: %v", method, path, err)
				_ = c.Close()
				continue
			}
			text, _ := io.ReadAll(answer.Body)
			if answer.StatusCode >= 500 || answer.StatusCode < 400 && !strings.HasPrefix(path, "/devices/") {
				t.Errorf("%s %.60s: %d %.100s", method, path, answer.StatusCode, text)
			}
			if bytes.Contains(text, []byte("nobody may read")) {
				t.Errorf("%s %s reads a file of the state folder", method, path)
			}
			_ = c.Close()
		}
	}
	if text, err := os.ReadFile(secret); err != nil || string(text) != "nobody may read this" {
		t.Errorf("the file outside was changed: %q, %v", text, err)
	}
	good.check(t)
}

func ownerToken(t *testing.T, h *localhub.Hub) string {
	t.Helper()
	service := h.Target().Service
	token, err := sas.IoTHub(service.HostName, service.Key, service.PolicyName, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal()
}

// TestDeepAndLargeBodies: documents that are deep or large beyond reason are
// refused with the service's answers.
func TestDeepAndLargeBodies(t *testing.T) {
	h := start(t, localhub.Options{})
	good := startGoodClients(t, h)
	before := settled()
	token := ownerToken(t, h)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS}, Timeout: closesWithin}
	defer client.CloseIdleConnections()
	base := "https://localhost:" + environment(h)["HUBSCOPE_HTTPS_PORT"]
	deep := strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)
	deepList := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, c := range []struct{ method, path, body string }{
		{"PATCH", "/twins/good", `{"tags":` + deep + `}`},
		{"PATCH", "/twins/good", `{"properties":{"desired":` + deep + `}}`},
		{"PUT", "/twins/good", `{"tags":{"a":` + deepList + `}}`},
		{"POST", "/devices/query", `{"query":"SELECT * FROM devices WHERE ` + strings.Repeat("(", 100_000) + `1=1` + strings.Repeat(")", 100_000) + `"}`},
		{"POST", "/devices/query", `{"query":"SELECT * FROM devices WHERE ` + strings.Repeat("NOT ", 100_000) + `true"}`},
		{"POST", "/devices/query", `{"query":"SELECT * FROM devices WHERE ` + strings.Repeat("-", 100_000) + `1 = 1"}`},
		{"PUT", "/jobs/v2/deep", `{"jobId":"deep","type":"scheduleUpdateTwin","queryCondition":"` + strings.Repeat("(", 100_000) + `","updateTwin":{"tags":` + deep + `}}`},
		{"POST", "/twins/good/methods", `{"methodName":"m","payload":` + deep + `}`},
		{"PUT", "/configurations/deep", `{"id":"deep","targetCondition":"` + strings.Repeat("(", 100_000) + `","content":{"deviceContent":{"properties.desired.a":` + deep + `}}}`},
		{"PUT", "/devices/large", `{"deviceId":"large","statusReason":"` + strings.Repeat("x", 8<<20) + `"}`},
		{"POST", "/devices", deepList},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, base+c.path+"?api-version=2021-04-12", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(r)
		if err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
			continue
		}
		text, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode < 400 || answer.StatusCode >= 500 || answer.Header.Get(wire.HeaderErrorCode) == "" {
			t.Errorf("%s %s with %.40q…: %s %.200s, want a refusal of the 4xx", c.method, c.path, c.body, strconv.Itoa(answer.StatusCode), text)
		}
	}
	client.CloseIdleConnections() // its own goroutines are not the hub's
	good.check(t)
	bounded(t, before)
}
