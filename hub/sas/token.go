package sas

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Skew is how far two clocks may differ before a token counts as expired
// (protocol 1.2).
const Skew = 5 * time.Minute

const scheme = "SharedAccessSignature"

// Token is a SAS token taken apart. It is not verified: see [Token.Verify].
type Token struct {
	// RawResource is the sr text exactly as received, still percent-encoded:
	// the signature covers this text and no other spelling of it.
	RawResource string
	// Resource is RawResource percent-decoded once; a plus stays a plus.
	Resource string
	// Signature is the base64 text of the HMAC.
	Signature string
	// Policy is the shared access policy; empty when a device's or module's own key signed.
	Policy string
	// Expiry is the se field.
	Expiry time.Time

	rawExpiry string
}

// Error says what is wrong with the text of a token. It never holds the text.
type Error struct{ Reason string }

func (e *Error) Error() string { return "SAS token " + e.Reason }

// Parse takes a token apart; its fields may come in any order (protocol 1.2).
// It refuses a text that is not of the form
// "SharedAccessSignature sr=...&sig=...&se=..." with an *Error.
func Parse(token string) (Token, error) {
	head, rest, found := strings.Cut(token, " ")
	if !found || !strings.EqualFold(head, scheme) {
		return Token{}, &Error{`does not start with "SharedAccessSignature "`}
	}
	fields, err := split(rest)
	if err != nil {
		return Token{}, err
	}
	return build(fields)
}

func split(text string) (map[string]string, error) {
	fields := make(map[string]string, 4)
	for part := range strings.SplitSeq(text, "&") {
		name, value, found := strings.Cut(part, "=")
		if !found {
			return nil, &Error{"has a field without an equals sign"}
		}
		if _, twice := fields[name]; twice {
			return nil, &Error{"has a field twice"}
		}
		fields[name] = value
	}
	for _, name := range []string{"sr", "sig", "se"} {
		if fields[name] == "" {
			return nil, &Error{"has no " + name + " field"}
		}
	}
	return fields, nil
}

func build(fields map[string]string) (Token, error) {
	t := Token{RawResource: fields["sr"], rawExpiry: fields["se"]}
	for _, f := range []struct {
		name string
		into *string
	}{{"sr", &t.Resource}, {"sig", &t.Signature}, {"skn", &t.Policy}} {
		plain, err := url.PathUnescape(fields[f.name])
		if err != nil {
			return Token{}, &Error{"has a broken percent escape in its " + f.name + " field"}
		}
		*f.into = plain
	}
	seconds, err := strconv.ParseUint(t.rawExpiry, 10, 40)
	if err != nil {
		return Token{}, &Error{"has an se field that is not a number of seconds"}
	}
	t.Expiry = time.Unix(int64(seconds), 0).UTC()
	return t, nil
}

// Expired says whether the token has ended at now, [Skew] allowed.
func (t Token) Expired(now time.Time) bool { return now.After(t.Expiry.Add(Skew)) }

// Host is the host name in Resource, without scheme and port.
func (t Token) Host() string {
	host, _, _ := strings.Cut(t.bare(), "/")
	return stripPort(host)
}

// Path is what follows the host in Resource, without slashes at its ends;
// empty when the token covers the whole hub.
func (t Token) Path() string {
	_, path, _ := strings.Cut(t.bare(), "/")
	return strings.Trim(path, "/")
}

func (t Token) bare() string {
	if _, rest, found := strings.Cut(t.Resource, "://"); found {
		return rest
	}
	return t.Resource
}

func stripPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}
