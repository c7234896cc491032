package events

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"hubscope/hub/connstr"
)

// A redirect is what an IoT Hub tells of its Event Hubs-compatible endpoint. protocol 6.6
type redirect struct {
	host   string
	port   string
	entity string
}

// parseRedirect reads the info map of an amqp:link:redirect error. It comes from outside and goes into a
// connection string, so it must be clean.
func parseRedirect(info map[string]any) (redirect, error) {
	address, _ := info["address"].(string)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return redirect{}, fmt.Errorf("the redirect has no usable address")
	}
	r := redirect{host: u.Hostname(), port: u.Port()}
	if host, ok := info["hostname"].(string); ok && host != "" {
		r.host = host
	}
	if port := portText(info["port"]); port != "" {
		r.port = port
	}
	if r.port == "" {
		r.port = amqpsPort
	}
	r.entity, _, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if r.entity == "" || strings.HasPrefix(r.entity, "$") {
		return redirect{}, fmt.Errorf("the redirect names no event hub")
	}
	if !r.fits() {
		return redirect{}, fmt.Errorf("the redirect names a host or event hub that cannot be one")
	}
	return r, nil
}

// name is the host as it stands in an address.
func (r redirect) name() string {
	if strings.Contains(r.host, ":") {
		return "[" + r.host + "]"
	}
	return r.host
}

// fits reports whether host and event hub keep their meaning in a connection string.
func (r redirect) fits() bool {
	read, err := connstr.ParseEventHub("Endpoint=sb://" + r.name() + "/;SharedAccessKeyName=policy;SharedAccessKey=a2V5;EntityPath=" + r.entity)
	return err == nil && read.Host == r.name() && read.EntityPath == r.entity && !read.Emulator && read.Token.IsZero()
}

// portText takes the port in any integer type; "" when it is none.
func portText(v any) string {
	n, err := strconv.ParseUint(fmt.Sprint(v), 10, 16)
	if err != nil || n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}
