package rest_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hubscope/hub/secret"
)

// Protocol 5.3: the device SDK of Node sends the number of characters as its
// Content-Length. It is told so, and its next request works.
func TestBodyThatIsCutOff(t *testing.T) {
	f := startUploads(t)
	f.create(t, "d1")
	d, err := f.hub.Device("d1")
	if err != nil {
		t.Fatal(err)
	}
	token := sign(t, "localhost/devices/d1", secret.New(d.Authentication.SymmetricKey.PrimaryKey), "", time.Now().Add(time.Hour))
	for _, name := range []string{"mañana.txt", "日本語.txt", "🙂", strings.Repeat("ü", 100)} {
		c, err := tls.Dial("tcp", f.addr, f.target.TLS)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		body := `{"blobName":"` + name + `"}`
		_, err = fmt.Fprintf(c, "POST /devices/d1/files?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s", token, len([]rune(body)), body)
		if err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(c)
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusBadRequest || !answer.Close || !strings.Contains(string(text), "Content-Length") {
			t.Errorf("%d, close = %t: %s, %v", answer.StatusCode, answer.Close, text, err)
		}
		if rest, err := io.ReadAll(in); err != nil || len(rest) != 0 {
			t.Errorf("%q comes after the answer, %v", rest, err)
		}
	}
	begin := func(body string) response {
		return f.do(t, request{method: http.MethodPost, path: "/devices/d1/files", token: token, body: body})
	}
	if got := begin(`{"blobName":"mañana.txt"}`); got.status != http.StatusOK {
		t.Errorf("with its length in bytes: %d %s", got.status, got.body)
	}
	for _, wrong := range []string{`{"blobName":}`, `{"blobName":"a.txt"}}`, ``} { // wrong, but all there
		if got := begin(wrong); got.status != http.StatusBadRequest || strings.Contains(got.body, "Content-Length") {
			t.Errorf("%s: %d %s", wrong, got.status, got.body)
		}
	}
}
