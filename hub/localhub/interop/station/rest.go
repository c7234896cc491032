package station

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// Answer is what the hub said over HTTPS.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Code is the name of the error, from the header.
func (a Answer) Code() string { return a.Header.Get("Iothub-Errorcode") }

// REST calls the hub as the policy iothubowner. A header is a name and a value.
func (s *Station) REST(method, path, body string, header ...string) Answer {
	s.T.Helper()
	return s.RESTAs(Identity{}, s.ServiceToken("iothubowner"), method, path, body, header...)
}

// RESTAs calls the hub with a token, or with none and a certificate.
func (s *Station) RESTAs(i Identity, token, method, path, body string, header ...string) Answer {
	s.T.Helper()
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	request, err := http.NewRequestWithContext(s.Context(), method, "https://"+s.Hub.Target().HTTPSAddr+path+mark+"api-version=2021-04-12", strings.NewReader(body))
	if err != nil {
		s.T.Fatal(err)
	}
	request.Host = "localhost"
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	for n := 0; n+1 < len(header); n += 2 {
		request.Header[header[n]] = []string{header[n+1]} // as it is spelled: it may be the name of a property
	}
	return s.Do(request, i)
}

// Do sends a request on a connection of its own.
func (s *Station) Do(request *http.Request, i Identity) Answer {
	s.T.Helper()
	client := &http.Client{Timeout: Patience, Transport: &http.Transport{TLSClientConfig: s.Trust(i.certificates()...), DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		s.T.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.T.Fatal(err)
	}
	return Answer{response.StatusCode, response.Header, string(body)}
}

// JSON reads the body of an answer with status 200.
func (s *Station) JSON(a Answer, into any) {
	s.T.Helper()
	if a.Status != http.StatusOK {
		s.T.Fatalf("%d %s", a.Status, a.Body)
	}
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		s.T.Fatalf("%s: %v", a.Body, err)
	}
}
