package topic

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Protocol 1.5.2, 4.1.2.
func TestParseUsername(t *testing.T) {
	cases := []struct {
		name, text string
		want       User
	}{
		{
			"Node", "localhost/dev1/?api-version=2021-04-12&model-id=dtmi:com:example:Thermostat;1&DeviceClientType=azure-iot-device%2F1.18.4%20(node%20v20.20.2%3B%20Debian%2012%3B%20x64)",
			User{Host: "localhost", DeviceID: "dev1", APIVersion: "2021-04-12", ModelID: "dtmi:com:example:Thermostat;1", ClientType: "azure-iot-device/1.18.4 (node v20.20.2; Debian 12; x64)"},
		},
		{"module", "h/d/m/?api-version=2021-04-12", User{Host: "h", DeviceID: "d", ModuleID: "m", APIVersion: "2021-04-12"}},
		{"Plug and Play in Python", "h/d/?api-version=2020-09-30&DeviceClientType=py&digital-twin-model-id=dtmi:x;1", User{Host: "h", DeviceID: "d", APIVersion: "2020-09-30", ClientType: "py", ModelID: "dtmi:x;1"}},
		{"C# with an auth chain", "h/d/?api-version=2021-04-12&DeviceClientType=cs&auth-chain=edge%3Bd", User{Host: "h", DeviceID: "d", APIVersion: "2021-04-12", ClientType: "cs", AuthChain: "edge;d"}},
		{"members separated by slashes", "h/d/api-version=2016-11-14/DeviceClientType=a%2F1", User{Host: "h", DeviceID: "d", APIVersion: "2016-11-14", ClientType: "a/1"}},
		{"no question mark", "h/d/api-version=2016-11-14&DeviceClientType=a", User{Host: "h", DeviceID: "d", APIVersion: "2016-11-14", ClientType: "a"}},
		{"module, no question mark", "h/d/m/api-version=2016-11-14", User{Host: "h", DeviceID: "d", ModuleID: "m", APIVersion: "2016-11-14"}},
		{"client type before the version", "h/d/?DeviceClientType=a/1.0&api-version=1", User{Host: "h", DeviceID: "d", APIVersion: "1", ClientType: "a/1.0"}},
		{"bare", "h/d", User{Host: "h", DeviceID: "d"}},
		{"bare with a slash", "h/d/", User{Host: "h", DeviceID: "d"}},
		{"bare module", "h/d/m", User{Host: "h", DeviceID: "d", ModuleID: "m"}},
		{"port", "localhost:8884/d/?api-version=1", User{Host: "localhost:8884", DeviceID: "d", APIVersion: "1"}},
		{"the first of two counts", "h/d/?api-version=1&api-version=2", User{Host: "h", DeviceID: "d", APIVersion: "1"}},
		{"plus is a plus", "h/d/?api-version=1&DeviceClientType=a+b", User{Host: "h", DeviceID: "d", APIVersion: "1", ClientType: "a+b"}},
		{"unknown keys", "h/d/?x=1&api-version=1&y", User{Host: "h", DeviceID: "d", APIVersion: "1"}},
		{"device id like a query", "h/?d=1/?api-version=1", User{Host: "h", DeviceID: "?d=1", APIVersion: "1"}},
		{"device id not encoded", "h/a%20b/?api-version=1", User{Host: "h", DeviceID: "a%20b", APIVersion: "1"}},
		{"slash before more members", "h/d/?api-version=1/&model-id=x", User{Host: "h", DeviceID: "d", APIVersion: "1", ModelID: "x"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseUsername(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseUsernameRefuses(t *testing.T) {
	for _, text := range []string{"", "h", "h/", "/d", "h//m", "h/d/m/x", "h//?api-version=1", "h/d/?api-version=%"} {
		if u, err := ParseUsername(text); !errors.Is(err, ErrUser) {
			t.Errorf("%q: %+v, %v; want ErrUser", text, u, err)
		}
	}
}

func TestUsername(t *testing.T) {
	got := Username("h.azure-devices.net", "d", "m", WithClientType("hubscope/1 (go; x64)"), WithModelID("dtmi:a:b;1"))
	want := "h.azure-devices.net/d/m/?api-version=2021-04-12&DeviceClientType=hubscope%2F1%20(go%3B%20x64)&model-id=dtmi%3Aa%3Ab%3B1"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	u, err := ParseUsername(got)
	if err != nil {
		t.Fatal(err)
	}
	if u.ClientID() != "d/m" || u.ClientType != "hubscope/1 (go; x64)" || u.ModelID != "dtmi:a:b;1" {
		t.Errorf("read back as %+v", u)
	}
	if got := Username("h", "d", ""); got != "h/d/?api-version=2021-04-12" {
		t.Errorf("device: %s", got)
	}
}

// TestNodeCapture reads every topic and user name that the Node SDK sent.
// Protocol 4.1.2.
func TestNodeCapture(t *testing.T) {
	file, err := os.Open("testdata/mqtt-capture-node-device.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	seen := map[string]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		text, ok := strings.CutPrefix(lines.Text(), "PKT ")
		if !ok {
			continue
		}
		var packet struct {
			Cmd, Topic, ClientID, Username string
			Subscriptions                  []struct{ Topic string }
		}
		if err := json.Unmarshal([]byte(text), &packet); err != nil {
			t.Fatal(err)
		}
		seen[packet.Cmd]++
		switch packet.Cmd {
		case "connect":
			u, err := ParseUsername(packet.Username)
			if err != nil || u.ClientID() != packet.ClientID {
				t.Errorf("user name %q: %+v, %v", packet.Username, u, err)
			}
		case "publish":
			p, err := ParsePublish(packet.Topic)
			if err != nil {
				t.Errorf("topic %q: %v", packet.Topic, err)
			}
			if p.Kind == TelemetryKind && packet.Topic != Telemetry(p.DeviceID, p.ModuleID, p.Bag) {
				t.Errorf("topic %q is built as %q", packet.Topic, Telemetry(p.DeviceID, p.ModuleID, p.Bag))
			}
		case "subscribe":
			for _, s := range packet.Subscriptions {
				if _, err := ParseFilter(s.Topic); err != nil {
					t.Errorf("filter %q: %v", s.Topic, err)
				}
			}
		}
	}
	want := map[string]int{"connect": 1, "publish": 4, "subscribe": 4, "puback": 1, "disconnect": 1}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error("packets in the capture: ", diff)
	}
}

func FuzzParseUsername(f *testing.F) {
	for _, seed := range []string{
		"h/d/?api-version=2021-04-12&DeviceClientType=a%2F1", "h/d/api-version=2016-11-14/DeviceClientType=a", "h/d", "h/d/m/?x", "h/?/?", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseUsername(text)
		if err != nil {
			if !errors.Is(err, ErrUser) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		built := Username(u.Host, u.DeviceID, u.ModuleID, WithClientType(u.ClientType), WithModelID(u.ModelID))
		again, err := ParseUsername(built)
		if err != nil {
			t.Fatalf("%q built from %q: %v", built, text, err)
		}
		u.APIVersion, u.AuthChain = APIVersion, ""
		if u != again {
			t.Fatal(cmp.Diff(u, again))
		}
	})
}
