package sas_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

const testKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"bearer":           "Bearer abc",
		"no blank":         "SharedAccessSignature",
		"two blanks":       "SharedAccessSignature  sr=a&sig=b&se=1",
		"no sr":            "SharedAccessSignature sig=b&se=1",
		"no sig":           "SharedAccessSignature sr=a&se=1",
		"no se":            "SharedAccessSignature sr=a&sig=b",
		"empty sig":        "SharedAccessSignature sr=a&sig=&se=1",
		"field twice":      "SharedAccessSignature sr=a&sr=b&sig=b&se=1",
		"no equals sign":   "SharedAccessSignature sr=a&sig=b&se=1&skn",
		"se not a number":  "SharedAccessSignature sr=a&sig=b&se=soon",
		"se negative":      "SharedAccessSignature sr=a&sig=b&se=-1",
		"se out of bounds": "SharedAccessSignature sr=a&sig=b&se=99999999999999999999",
		"broken escape":    "SharedAccessSignature sr=a%2&sig=b&se=1",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sas.Parse(text)
			var e *sas.Error
			if !errors.As(err, &e) {
				t.Fatalf("err = %v, want *sas.Error", err)
			}
		})
	}
}

// Protocol 1.2.4, 1.3.1.
func TestHostAndPath(t *testing.T) {
	for _, c := range []struct{ resource, host, path string }{
		{"myhub.azure-devices.net", "myhub.azure-devices.net", ""},
		{"localhost:8443/devices/d1/", "localhost", "devices/d1"},
		{"127.0.0.1:443/devices/d+1", "127.0.0.1", "devices/d+1"},
		{"[::1]:5671/devices/d", "::1", "devices/d"},
		{"[::1]", "::1", ""},
		{"sb://ns.servicebus.windows.net:5671/myhub/ConsumerGroups/$Default", "ns.servicebus.windows.net", "myhub/ConsumerGroups/$Default"},
		{"amqps://h/", "h", ""},
	} {
		token := sas.Token{Resource: c.resource}
		if token.Host() != c.host || token.Path() != c.path {
			t.Errorf("%s: %q, %q, want %q, %q", c.resource, token.Host(), token.Path(), c.host, c.path)
		}
	}
}

// Protocol 1.2.5, 1.2.6, 1.3.3.
func TestCovers(t *testing.T) {
	for _, c := range []struct {
		resource, host, path string
		want                 bool
	}{
		{"h", "h", "devices/d1", true},
		{"h", "H:8443", "", true},
		{"h", "other", "", false},
		{"h/devices", "h", "devices/d1/messages/events", true},
		{"h/devices", "h", "twins/d1", false},
		{"h/devices/d1", "h", "devices/d1", true},
		{"h/devices/d1", "h", "/devices/d1/messages/events", true},
		{"h/devices/d1", "h", "devices/d1x", false},
		{"h/devices/d1", "h", "devices", false},
		{"h/devices/d1", "h", "devices/D1", false},
		{"h/Devices/d1", "h", "devices/d1", true},
		{"h/devices/d1/modules/m", "h", "devices/d1/modules/M", false},
		{"h/devices/d1/modules/m", "h", "devices/d1", false},
		{"amqps://h/hub/consumergroups/$default/partitions/0", "h", "hub/ConsumerGroups/$Default/Partitions/0", true},
		{"sb://h/hub/ConsumerGroups/$Default/Partitions/0", "h", "hub/ConsumerGroups/$Default/Partitions/01", false},
	} {
		if got := (sas.Token{Resource: c.resource}).Covers(c.host, c.path); got != c.want {
			t.Errorf("%s covers %s %s = %v", c.resource, c.host, c.path, got)
		}
	}
}

// Protocol 1.2.9.
func TestExpiredAllowsSkew(t *testing.T) {
	end := time.Unix(1_700_000_000, 0)
	token := sas.Token{Expiry: end}
	if token.Expired(end.Add(sas.Skew)) || !token.Expired(end.Add(sas.Skew+time.Second)) {
		t.Error("the skew is not five minutes")
	}
}

// Protocol 1.2.2.
func TestIoTHubRefusesKeyThatIsNotBase64(t *testing.T) {
	_, err := sas.IoTHub("h", secret.New("not base64!"), "", time.Now())
	if !errors.Is(err, sas.ErrKey) || strings.Contains(err.Error(), "not base64!") {
		t.Errorf("err = %v", err)
	}
}

// Protocol 1.2.3.
func TestVerifyKeepsExpiryText(t *testing.T) {
	token, err := sas.IoTHub("h", secret.New(testKey), "p", time.Unix(1_893_456_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := sas.Parse(strings.Replace(token.Reveal(), "se=1", "se=01", 1))
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Verify(secret.New(testKey)) {
		t.Error("the signature covers another spelling of the expiry")
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Token)
	}
	f.Add("SharedAccessSignature sr=%zz&sig=a&se=1")
	f.Add("SharedAccessSignature sr=[::1]:5&sig=+&se=0&skn=")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := sas.Parse(text)
		if err != nil {
			if len(text) > 60 && strings.Contains(err.Error(), text[24:]) { // longer than any fixed phrase
				t.Errorf("the error holds the token: %v", err)
			}
			return
		}
		_ = token.Verify(secret.New(testKey))
		if host := token.Host(); strings.Contains(host, "/") {
			t.Errorf("host %q", host)
		}
		if strings.ContainsAny(token.Host(), ":[]") && net.ParseIP(token.Host()) == nil {
			return // not a host at all: it need not be equal to itself without a port
		}
		if !token.Covers(token.Host(), token.Path()) {
			t.Errorf("%q does not cover itself", token.Resource)
		}
	})
}

func FuzzSignVerify(f *testing.F) {
	f.Add("myhub.azure-devices.net/devices/d*1", "iothubowner", int64(1_893_456_000))
	f.Add("h/devices/ü +%", "", int64(0))
	f.Fuzz(func(t *testing.T, resource, policy string, expiry int64) {
		if resource == "" || expiry < 0 || expiry > 1<<39 {
			t.Skip()
		}
		signed, err := sas.IoTHub(resource, secret.New(testKey), policy, time.Unix(expiry, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{signed.Reveal(), sas.EventHubs(resource, secret.New(testKey), policy, time.Unix(expiry, 0)).Reveal()} {
			token, err := sas.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if token.Resource != resource || token.Policy != policy || token.Expiry.Unix() != expiry {
				t.Errorf("round trip gives %+v", token)
			}
			if !token.Verify(secret.New(testKey)) || token.Verify(secret.New("AAAA")) {
				t.Error("verifies wrongly")
			}
		}
	})
}
