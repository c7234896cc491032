package credential

import (
	"strings"

	"hubscope/hub"
)

// Words name a way in which an identity proves itself.
func Words(t hub.AuthType) string {
	switch t {
	case hub.AuthSelfSigned:
		return "X.509, self-signed"
	case hub.AuthCA:
		return "X.509, certificate authority"
	case hub.AuthNone:
		return "none"
	default:
		return "symmetric key"
	}
}

// Differences says what of a was changed to become b, without any of the keys.
func Differences(a, b hub.Authentication) []string {
	var out []string
	note := func(differs bool, words string) {
		if differs {
			out = append(out, words)
		}
	}
	note(typeOf(a) != typeOf(b), "it proves itself by "+Words(b.Type)+" now")
	note(a.Primary.Reveal() != b.Primary.Reveal(), "the primary key is another one")
	note(a.Secondary.Reveal() != b.Secondary.Reveal(), "the secondary key is another one")
	note(!strings.EqualFold(a.PrimaryThumbprint, b.PrimaryThumbprint), "the 1st thumbprint is another one")
	note(!strings.EqualFold(a.SecondaryThumbprint, b.SecondaryThumbprint), "the 2nd thumbprint is another one")
	return out
}

func typeOf(a hub.Authentication) hub.AuthType {
	if a.Type == "" {
		return hub.AuthSAS
	}
	return a.Type
}
