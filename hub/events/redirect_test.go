package events

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

func TestParseRedirect(t *testing.T) {
	// The map of a real IoT Hub, as printed in Azure/go-amqp issue 358 and others.
	azure := map[string]any{
		"hostname":     "iothub-ns-wind-123-abcdef0123.servicebus.windows.net",
		"network-host": "iothub-ns-wind-123-abcdef0123.servicebus.windows.net",
		"port":         int32(5671),
		"address":      "amqps://iothub-ns-wind-123-abcdef0123.servicebus.windows.net:5671/wind/",
	}
	with := func(key string, value any) map[string]any {
		changed := map[string]any{}
		for k, v := range azure {
			changed[k] = v
		}
		if value == nil {
			delete(changed, key)
			return changed
		}
		changed[key] = value
		return changed
	}
	host := "iothub-ns-wind-123-abcdef0123.servicebus.windows.net"
	for _, test := range []struct {
		name string
		in   map[string]any
		want redirect
		err  string
	}{
		{"azure", azure, redirect{host, "5671", "wind"}, ""},
		{"management", with("address", "amqps://h:5671/wind/$management"), redirect{host, "5671", "wind"}, ""},
		{"consumer group", with("address", "amqps://h:5671/wind/ConsumerGroups/$Default/Partitions/0"), redirect{host, "5671", "wind"}, ""},
		{"no slash at the end", with("address", "amqps://h:5671/wind"), redirect{host, "5671", "wind"}, ""},
		{"other port", with("port", uint16(40001)), redirect{host, "40001", "wind"}, ""},
		{"port from the address", func() map[string]any { m := with("port", nil); m["address"] = "amqps://h:40002/wind/"; return m }(), redirect{host, "40002", "wind"}, ""},
		{"no port anywhere", func() map[string]any { m := with("port", nil); m["address"] = "amqps://h/wind/"; return m }(), redirect{host, "5671", "wind"}, ""},
		{"no hostname", with("hostname", nil), redirect{host, "5671", "wind"}, ""},
		{"no address", with("address", nil), redirect{}, "no usable address"},
		{"no hub", with("address", "amqps://h:5671/"), redirect{}, "names no event hub"},
		{"management of nothing", with("address", "amqps://h:5671/$management"), redirect{}, "names no event hub"},
		{"host with a semicolon", with("hostname", "h;UseDevelopmentEmulator=true"), redirect{}, "cannot be one"},
		{"hub with a semicolon", with("address", "amqps://h:5671/a;b/"), redirect{}, "cannot be one"},
		{"nothing", nil, redirect{}, "no usable address"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseRedirect(test.in)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want one with %q", err, test.err)
				}
				return
			}
			if err != nil || got != test.want {
				t.Fatalf("got %+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func FuzzParseRedirect(f *testing.F) {
	f.Add("ns.servicebus.windows.net", int64(5671), "amqps://ns.servicebus.windows.net:5671/hub/")
	f.Add("", int64(0), "amqps://[::1]:5671/hub/$management")
	f.Add("h;EntityPath=x", int64(-1), "%zz")
	f.Fuzz(func(t *testing.T, host string, port int64, address string) {
		got, err := parseRedirect(map[string]any{"hostname": host, "port": port, "address": address})
		if err != nil {
			return
		}
		e := got.endpoint(Options{Service: connstr.Service{HostName: "hub", PolicyName: "p", Key: secret.New("a2V5")}})
		parsed, err := connstr.ParseEventHub(e.EventHub.Reveal())
		if err != nil {
			t.Fatalf("the endpoint %+v is no connection string: %v", got, err)
		}
		if parsed.EntityPath != got.entity || parsed.Host != e.EventHub.Host || parsed.Emulator {
			t.Fatalf("%+v reads back as %+v", got, parsed)
		}
	})
}

func TestRedirectDialsTheHubWhereTheHubWasDialed(t *testing.T) {
	service := connstr.Service{HostName: "localhost", PolicyName: "service", Key: secret.New("a2V5")}
	for _, test := range []struct {
		name, hostName, amqpAddr string
		redirect                 redirect
		want                     string
	}{
		{"azure", "wind.azure-devices.net", "", redirect{"ns.servicebus.windows.net", "5671", "wind"}, "ns.servicebus.windows.net:5671"},
		{"local hub on another port", "localhost", "127.0.0.1:40001", redirect{"LOCALHOST", "40001", "wind"}, "127.0.0.1:40001"},
		{"same host, no address given", "localhost", "", redirect{"localhost", "40001", "wind"}, "localhost:40001"},
		{"another host behind a tunnel", "localhost", "127.0.0.1:40001", redirect{"other", "5671", "wind"}, "other:5671"},
	} {
		t.Run(test.name, func(t *testing.T) {
			service := service
			service.HostName = test.hostName
			got := test.redirect.endpoint(Options{Service: service, AMQPAddr: test.amqpAddr})
			want := Endpoint{
				EventHub: connstr.EventHub{
					Endpoint: "sb://" + test.redirect.host + "/", Host: test.redirect.host,
					PolicyName: "service", Key: service.Key, EntityPath: "wind",
				},
				Addr: test.want,
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b secret.Text) bool { return a == b })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		name string
		in   Options
		want string
	}{
		{"hub", Options{Service: connstr.Service{HostName: "h"}}, "h:5671"},
		{"hub with a port", Options{Service: connstr.Service{HostName: "h:1"}}, "h:1"},
		{"gateway", Options{Service: connstr.Service{HostName: "h:1", GatewayHostName: "g"}}, "g:5671"},
		{"address given", Options{Service: connstr.Service{HostName: "h", GatewayHostName: "g"}, AMQPAddr: "a:2"}, "a:2"},
	} {
		if got := hubAddr(test.in); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	for _, test := range []struct {
		name string
		in   connstr.EventHub
		want string
	}{
		{"namespace", connstr.EventHub{Host: "ns"}, "ns:5671"},
		{"with a port", connstr.EventHub{Host: "ns:1"}, "ns:1"},
		{"emulator", connstr.EventHub{Host: "localhost", Emulator: true}, "localhost:5672"},
		{"emulator with a port", connstr.EventHub{Host: "localhost:1", Emulator: true}, "localhost:1"},
		{"address family 6", connstr.EventHub{Host: "[::1]"}, "[::1]:5671"},
	} {
		if got := directEndpoint(Options{EventHub: &test.in}).Addr; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
