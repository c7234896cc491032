// Package sas signs and verifies shared access signature tokens, for IoT Hub
// and for Event Hubs.
//
// The two services share the text of a token and differ in one thing: IoT Hub
// decodes the key from base64 before it signs, Event Hubs signs with the bytes
// of the key's text (protocol 1.2, 1.3).
package sas

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/secret"
)

// ErrKey says that a key is not base64. It does not hold the key.
var ErrKey = errors.New("the shared access key is not base64")

// IoTHub signs a token for resource: a host name, with no scheme, and a path
// such as host/devices/id for less than the whole hub. Policy is empty for a
// device's or module's own key. Expiry is cut to whole seconds. A key that is not
// base64 gives ErrKey.
func IoTHub(resource string, key secret.Text, policy string, expiry time.Time) (secret.Text, error) {
	raw, err := base64.StdEncoding.DecodeString(key.Reveal())
	if err != nil {
		return secret.Text{}, ErrKey
	}
	sr, se := Escape(resource), seconds(expiry)
	token := scheme + " sr=" + sr + "&sig=" + Escape(signature(raw, sr, se))
	if policy != "" {
		token += "&skn=" + Escape(policy)
	}
	return secret.New(token + "&se=" + se), nil
}

// EventHubs signs a token for resource, a whole URI such as
// sb://namespace.servicebus.windows.net/entity, with the text of the key.
func EventHubs(resource string, key secret.Text, policy string, expiry time.Time) secret.Text {
	sr, se := Escape(resource), seconds(expiry)
	sig := Escape(signature([]byte(key.Reveal()), sr, se))
	return secret.New(scheme + " sr=" + sr + "&sig=" + sig + "&se=" + se + "&skn=" + Escape(policy))
}

// Verify says whether one of the keys signed the token, over the text of its
// resource as received. Each key is tried decoded and then raw, since which of the
// two a client used depends on its kind and not on the address (protocol 1.3).
// Signatures compare in constant time; empty keys never match.
func (t Token) Verify(keys ...secret.Text) bool {
	se := t.rawExpiry
	if se == "" {
		se = seconds(t.Expiry)
	}
	valid := false
	for _, key := range keys {
		if key.IsZero() {
			continue
		}
		text := key.Reveal()
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil && len(raw) > 0 {
			valid = t.signedWith(raw, se) || valid
		}
		valid = t.signedWith([]byte(text), se) || valid
	}
	return valid
}

func (t Token) signedWith(key []byte, se string) bool {
	return hmac.Equal([]byte(signature(key, t.RawResource, se)), []byte(t.Signature))
}

func signature(key []byte, sr, se string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(sr))
	mac.Write([]byte{'\n'})
	mac.Write([]byte(se))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// Escape percent-encodes everything but letters, digits and "-_.~", a blank as %20.
func Escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
