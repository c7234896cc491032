package provision_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"hubscope/hub/provision"
)

func TestCheckKey(t *testing.T) {
	of := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for text, good := range map[string]bool{
		of(16): true, of(32): true, of(64): true, of(15): false, of(65): false, "": false, "no base64!": false,
		of(32)[:20] + "\n" + of(32)[20:]: false, strings.TrimRight(of(32), "="): false,
	} {
		if err := provision.CheckKey(text); (err == nil) != good || (!good && !errors.Is(err, provision.ErrKey)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestThumbprint(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("ab", 20):              strings.Repeat("AB", 20),
		strings.Repeat("ab:", 31) + "ab":      strings.Repeat("AB", 32),
		" " + strings.Repeat("0f ", 20):       strings.Repeat("0F", 20),
		strings.Repeat("ab", 19):              "",
		strings.Repeat("zz", 20):              "",
		"":                                    "",
		strings.Repeat("ab", 20) + "\u200e":   "",
		strings.Repeat("ab", 25):              "",
		strings.Repeat("a", 41):               "",
		strings.Repeat("AB CD EF:01\t23 ", 4): strings.Repeat("ABCDEF0123", 4),
	} {
		got, err := provision.Thumbprint(text)
		if got != want || (want == "") != errors.Is(err, provision.ErrThumbprint) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
