package list

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/provision"
)

func badID(id string) string {
	if err := connstr.CheckDeviceID(id); err != nil {
		return err.Error()
	}
	return ""
}

// authType reads the type of an authentication in any case.
func authType(text string) (hub.AuthType, bool) {
	for _, t := range []hub.AuthType{hub.AuthSAS, hub.AuthSelfSigned, hub.AuthCA, hub.AuthNone} {
		if strings.EqualFold(text, string(t)) {
			return t, true
		}
	}
	return "", false
}

func statusOf(text string) (hub.Status, bool) {
	for _, s := range []hub.Status{hub.Enabled, hub.Disabled} {
		if strings.EqualFold(text, string(s)) {
			return s, true
		}
	}
	return "", false
}

// maxReason is how long a status reason may be, in characters (protocol 1.5).
const maxReason = 128

func longReason(text string) string {
	if n := utf8.RuneCountInString(text); n > maxReason {
		return fmt.Sprintf("a reason has at most %d characters, this one has %d", maxReason, n)
	}
	return ""
}

func isScope(text string) bool { return strings.HasPrefix(text, hub.ScopePrefix) }

// settle fills in what follows from what is given, and says what does not go together, or "".
func settle(d *hub.Device, scope string) string {
	if reason := settleAuth(&d.Auth); reason != "" {
		return reason
	}
	d.Join(scope)
	return ""
}

func settleAuth(a *hub.Authentication) string {
	keys := !a.Primary.IsZero() || !a.Secondary.IsZero()
	prints := a.PrimaryThumbprint != "" || a.SecondaryThumbprint != ""
	if a.Type == "" {
		a.Type = hub.AuthSAS
		if prints {
			a.Type = hub.AuthSelfSigned
		}
	}
	switch {
	case keys && a.Type != hub.AuthSAS:
		return fmt.Sprintf("keys do not go with the authentication %s", a.Type)
	case prints && a.Type != hub.AuthSelfSigned:
		return fmt.Sprintf("thumbprints do not go with the authentication %s", a.Type)
	case a.Type == hub.AuthSelfSigned && a.PrimaryThumbprint == "":
		return "the authentication selfSigned needs a primaryThumbprint"
	case keys && a.Primary.IsZero():
		return "there is a secondaryKey without a primaryKey"
	case keys && a.Secondary.IsZero():
		a.Secondary = provision.NewKey()
	}
	return ""
}
