package rest_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// captured is one request of the Node service SDK, as it was seen on the wire.
type captured struct {
	method, path string
	header       map[string]string
	body         string
}

func capture(t *testing.T) []captured {
	t.Helper()
	file, err := os.Open("testdata/rest-capture-node-service.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []captured
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		switch name, value, _ := strings.Cut(strings.TrimLeft(line, " "), " "); {
		case strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, " "):
			all = append(all, captured{method: name, path: value})
		case name == "headers":
			if err := json.Unmarshal([]byte(value), &all[len(all)-1].header); err != nil {
				t.Fatal(err)
			}
		case name == "body":
			all[len(all)-1].body = value
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// Protocol 2: the requests of azure-iothub 1.16.6, replayed in their order with
// fresh tokens.
func TestReplayNodeServiceSDK(t *testing.T) {
	f := start(t)
	f.create(t, "d1")
	all := capture(t)
	if len(all) != 24 {
		t.Fatalf("%d requests in the capture, want 24", len(all))
	}
	served := map[int]struct {
		status int
		has    string
	}{
		0:  {400, "a blank (position 4)"}, // an id that the SDK itself does not check
		1:  {200, `"deviceId":"d1"`},
		2:  {404, "DeviceNotFound"},
		3:  {200, `[{"`},
		4:  {200, `"status":"disabled"`},
		5:  {204, ""},
		6:  {200, `{"isSuccessful":true,"errors":[],"warnings":[]}`},
		7:  {200, `"isSuccessful":true`},
		8:  {400, `"errorCode":"PreconditionFailed"`}, // the SDK sends no eTag unless it is given one
		9:  {200, `"version":2`},
		10: {200, `"tags":{"a":1}`},
		11: {200, `"deviceId":"a"`},
		12: {400, "continuation"}, // the token is one of the server that was recorded
		13: {200, `"totalDeviceCount":3`},
		14: {200, `[]`},
		15: {200, `"moduleId":"m1"`},
		16: {204, ""},
		19: {404, `\"errorCode\":404103`},
		20: {404, "ErrorCode:DeviceNotFound;"},
	}
	for i, c := range all {
		if i == 9 {
			f.create(t, "d1") // request 5 has deleted it
		}
		path, version, _ := strings.Cut(c.path, "?")
		got := f.do(t, request{method: c.method, path: path, version: strings.TrimPrefix(version, "api-version="), header: sdkHeader(c), body: c.body})
		want, ours := served[i]
		switch {
		case ours && (got.status != want.status || !strings.Contains(got.body, want.has)):
			t.Errorf("%d: %s %s: %d %s", i, c.method, c.path, got.status, got.body)
		case !ours && got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed && got.status != http.StatusBadRequest:
			t.Errorf("%d: %s %s: %d: is it served now? then say here what it gives", i, c.method, c.path, got.status)
		}
	}
}

func sdkHeader(c captured) http.Header {
	h := http.Header{}
	for name, value := range c.header {
		switch name {
		case "host", "connection", "content-length":
		default:
			h.Set(name, value)
		}
	}
	return h
}
