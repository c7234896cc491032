package rest_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"hubscope/hub/localhub/core"
)

// A client that forgets the "s" of https is told so.
func TestPlainHTTPIsTold(t *testing.T) {
	f := start(t)
	conn, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "GET /devices HTTP/1.1\r\nHost: localhost\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "https://") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// Names of properties leave the hub in their case too, and ETag in that of
// protocol 5.2: the device SDK in C completes no message without it.
// Protocol 5.2.7.
func TestDeliveryKeepsPropertyCase(t *testing.T) {
	f := start(t)
	f.create(t, "d")
	f.queue(t, core.ID{Device: "d"}, core.C2DMessage{Properties: []core.Property{{Name: "alertLevel", Value: "high"}, {Name: "no token", Value: "x"}}})
	conn, err := tls.Dial("tcp", f.addr, f.target.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "GET /devices/d/messages/devicebound?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: %s\r\n\r\n", f.deviceToken(t, core.ID{Device: "d"}))
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(answer), "\r\niothub-app-alertLevel: high\r\n") || !strings.Contains(string(answer), "\r\nETag: \"") ||
		!strings.Contains(string(answer), "\r\niothub-sequencenumber: ") || strings.Contains(string(answer), "no token") {
		t.Errorf("%v: %s", err, answer)
	}
}
