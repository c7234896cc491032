package connstr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// Protocol 1.1: every form of the table.
// Protocol 1.1.1.
func TestParseForms(t *testing.T) {
	k := secret.New(key)
	token := secret.New("SharedAccessSignature sr=h%2Fdevices%2Fd&sig=a%3D&se=1")
	for _, c := range []struct {
		name, text string
		want       any
	}{
		{
			"service", "HostName=myhub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=" + key,
			connstr.Service{HostName: "myhub.azure-devices.net", PolicyName: "iothubowner", Key: k},
		},
		{
			"service with port and gateway", "HostName=localhost:8443;GatewayHostName=edge;SharedAccessKeyName=service;SharedAccessKey=" + key,
			connstr.Service{HostName: "localhost:8443", GatewayHostName: "edge", PolicyName: "service", Key: k},
		},
		{
			"blanks, case, order, empty segments, quotes", ` "; sharedaccesskey = ` + key + ` ;; HOSTNAME=[::1]:443 ; sharedAccessKeyName=p;" `,
			connstr.Service{HostName: "[::1]:443", PolicyName: "p", Key: k},
		},
		{
			"device key", "HostName=h;DeviceId=a*b:c;SharedAccessKey=" + key,
			connstr.Device{HostName: "h", DeviceID: "a*b:c", Key: k},
		},
		{
			"device with hub policy", "HostName=h;DeviceId=d=1;SharedAccessKeyName=device;SharedAccessKey=" + key,
			connstr.Device{HostName: "h", DeviceID: "d=1", PolicyName: "device", Key: k},
		},
		{
			"device token", "HostName=h;DeviceId=d;SharedAccessSignature=" + token.Reveal(),
			connstr.Device{HostName: "h", DeviceID: "d", Token: token},
		},
		{
			"device x509", "HostName=h;DeviceId=d;x509=True",
			connstr.Device{HostName: "h", DeviceID: "d", X509: true},
		},
		{
			"module", "HostName=h;DeviceId=d;ModuleId=$edgeAgent;GatewayHostName=g;SharedAccessKey=" + key,
			connstr.Device{HostName: "h", GatewayHostName: "g", DeviceID: "d", ModuleID: "$edgeAgent", Key: k},
		},
		{
			"event hubs", "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=iothubowner;SharedAccessKey=" + key + ";EntityPath=myhub",
			connstr.EventHub{Endpoint: "sb://ns.servicebus.windows.net/", Host: "ns.servicebus.windows.net", PolicyName: "iothubowner", Key: k, EntityPath: "myhub"},
		},
		{
			"event hubs emulator, raw key", "Endpoint=sb://localhost:5672;SharedAccessKeyName=p;SharedAccessKey=not base64;UseDevelopmentEmulator=true;EntityPath=e",
			connstr.EventHub{Endpoint: "sb://localhost:5672/", Host: "localhost:5672", PolicyName: "p", Key: secret.New("not base64"), EntityPath: "e", Emulator: true},
		},
		{
			"event hubs token", "Endpoint=sb://ns/;SharedAccessSignature=" + token.Reveal() + ";EntityPath=e",
			connstr.EventHub{Endpoint: "sb://ns/", Host: "ns", Token: token, EntityPath: "e"},
		},
		{
			"unknown parts are ignored", "HostName=h;SharedAccessKeyName=p;SharedAccessKey=" + key + ";Future=1",
			connstr.Service{HostName: "h", PolicyName: "p", Key: k},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := connstr.Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			again, err := connstr.Parse(got.(interface{ Reveal() string }).Reveal())
			if err != nil || again != got {
				t.Errorf("Reveal does not round trip: %v, %v", again, err)
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
				if shown := fmt.Sprintf(verb, got); strings.Contains(shown, key) {
					t.Errorf("%s shows the key", verb)
				}
			}
		})
	}
}

// Protocol 1.1.2.
func TestParseErrors(t *testing.T) {
	service := "HostName=h;SharedAccessKeyName=p;SharedAccessKey="
	for _, c := range []struct{ name, text, part, says string }{
		{"empty", "  ", "", "is empty"},
		{"none of the parts", "foo=bar", "", "has none of the parts"},
		{"a word", key[:20], "", "has none of the parts"},
		{"no equals sign", "HostName=h;" + key[:20], "", "no equals sign in its part 2"},
		{"no host", "SharedAccessKeyName=p;SharedAccessKey=" + key, "HostName", "is missing"},
		{"empty host", "HostName=;SharedAccessKeyName=p;SharedAccessKey=" + key, "HostName", "is empty"},
		{"scheme", "HostName=https://h;SharedAccessKeyName=p;SharedAccessKey=" + key, "HostName", "scheme"},
		{"path", "HostName=h/x;SharedAccessKeyName=p;SharedAccessKey=" + key, "HostName", "not a host name"},
		{"port", "HostName=h:99999;SharedAccessKeyName=p;SharedAccessKey=" + key, "HostName", "port"},
		{"no policy", "HostName=h;SharedAccessKey=" + key, "SharedAccessKeyName", "is missing"},
		{"no key", "HostName=h;SharedAccessKeyName=p", "SharedAccessKey", "is missing"},
		{"empty key", service, "SharedAccessKey", "is empty"},
		{"misspelled key", "HostName=h;SharedAccessKeyName=p;SharedAccesKey=" + key, "SharedAccessKey", "SharedAccesKey: is it misspelled"},
		{"key not base64", service + "c2VjcmV0LXdpdGgtYmFk!", "SharedAccessKey", "is not base64"},
		{"key cut", service + key[:41], "SharedAccessKey", "is not base64"},
		{"twice", "HostName=h;hostname=i;" + service, "HostName", "is given twice"},
		{"line break", "HostName=h;SharedAccessKeyName=p;SharedAccessKey=" + key[:10] + "\n" + key[10:], "SharedAccessKey", "line break"},
		{"both kinds", "HostName=h;Endpoint=sb://h/", "Endpoint", "both given"},
		{"no device id", "HostName=h;ModuleId=m;SharedAccessKey=" + key, "DeviceId", "is missing"},
		{"bad device id", "HostName=h;DeviceId=a b;SharedAccessKey=" + key, "DeviceId", "a blank (position 2)"},
		{"no credential", "HostName=h;DeviceId=d", "SharedAccessKey", "is missing"},
		{"two credentials", "HostName=h;DeviceId=d;x509=true;SharedAccessKey=" + key, "SharedAccessKey", "exclude each other"},
		{"x509 word", "HostName=h;DeviceId=d;x509=maybe", "x509", "neither true nor false"},
		{"token form", "HostName=h;DeviceId=d;SharedAccessSignature=" + key, "SharedAccessSignature", "is not a SAS token"},
		{"endpoint scheme", "Endpoint=https://h/;SharedAccessKeyName=p;SharedAccessKey=k;EntityPath=e", "Endpoint", "does not start with sb://"},
		{"endpoint path", "Endpoint=sb://h/x;SharedAccessKeyName=p;SharedAccessKey=k;EntityPath=e", "Endpoint", "more than a host"},
		{"no entity", "Endpoint=sb://h/;SharedAccessKeyName=p;SharedAccessKey=k", "EntityPath", "is missing"},
		{"event hubs no policy", "Endpoint=sb://h/;SharedAccessKey=k;EntityPath=e", "SharedAccessKeyName", "is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := connstr.Parse(c.text)
			var e *connstr.Error
			if !errors.As(err, &e) {
				t.Fatalf("err = %v, want *connstr.Error", err)
			}
			if e.Part != c.part || !strings.Contains(err.Error(), c.says) {
				t.Errorf("part %q, %q; want part %q, %q", e.Part, err, c.part, c.says)
			}
			if strings.Contains(err.Error(), key[:10]) || strings.Contains(err.Error(), "c2VjcmV0") {
				t.Errorf("the error shows a key: %v", err)
			}
			if strings.ContainsAny(err.Error(), "\r\n\x1b") {
				t.Errorf("more than a line: %q", err)
			}
		})
	}
}

func TestParseOfAnotherKind(t *testing.T) {
	_, err := connstr.ParseService("HostName=h;DeviceId=d;SharedAccessKey=" + key)
	if err == nil || !strings.Contains(err.Error(), "is that of a device: give the one of a hub") {
		t.Errorf("err = %v", err)
	}
	if _, err = connstr.ParseDevice("HostName=h;SharedAccessKeyName=p;SharedAccessKey=" + key); err == nil {
		t.Error("a hub's string was taken for a device's")
	}
	if _, err = connstr.ParseEventHub("HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey=" + key); err == nil || !strings.Contains(err.Error(), "a module") {
		t.Errorf("err = %v", err)
	}
}

func TestForDevice(t *testing.T) {
	s := connstr.Service{HostName: "h:1", GatewayHostName: "g", PolicyName: "iothubowner", Key: secret.New("c2VjcmV0")}
	d := s.ForDevice("d", secret.New(key))
	if got, want := d.Reveal(), "HostName=h:1;GatewayHostName=g;DeviceId=d;SharedAccessKey="+key; got != want {
		t.Errorf("got %s", got)
	}
	if got, want := d.String(), "HostName=h:1;GatewayHostName=g;DeviceId=d;SharedAccessKey=***"; got != want {
		t.Errorf("got %s", got)
	}
}

// Protocol 1.5.1.
func TestCheckDeviceID(t *testing.T) {
	for _, c := range []struct{ id, says string }{
		{"wind-1", ""},
		{`-:.+%_#*?!(),=@;$'`, ""},
		{strings.Repeat("x", 128), ""},
		{"", "must not be empty"},
		{strings.Repeat("x", 129), "at most 128 characters, this one has 129"},
		{"a b", "a blank (position 2)"},
		{"é", "'é' (position 1)"},
		{"ab/c", "'/' (position 3)"},
		{"a\tb", "a tab (position 2)"},
		{"a\x1b[31m", `'\x1b' (position 2)`},
		{"a\xff", "a byte that is not UTF-8 (position 2)"},
		{"ü\xff", "'ü' (position 1)"},
	} {
		err := connstr.CheckDeviceID(c.id)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.id, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%q: %v, want %q", c.id, err, c.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("HostName=myhub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=" + key)
	f.Add("HostName=h;DeviceId=d;ModuleId=m;GatewayHostName=g;SharedAccessKey=" + key)
	f.Add("HostName=h;DeviceId=d;SharedAccessSignature=SharedAccessSignature sr=h&sig=a%3D&se=1")
	f.Add("HostName=h;DeviceId=d;x509=true")
	f.Add("Endpoint=sb://localhost:5672/;SharedAccessKeyName=p;SharedAccessKey=k;UseDevelopmentEmulator=1;EntityPath=e")
	f.Add("Endpoint=sb://[::1]:5/;SharedAccessSignature=sharedaccesssignature x;EntityPath=e")
	f.Add("'HostName=\x00;'")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := connstr.Parse(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x00\x1b\r\n") {
				t.Errorf("control character in %q", err)
			}
			return
		}
		again, err := connstr.Parse(got.(interface{ Reveal() string }).Reveal())
		if err != nil || again != got {
			t.Errorf("%q does not round trip: %v, %v", text, again, err)
		}
	})
}
