package provision

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// The bounds of a symmetric key, in bytes (protocol 1.5).
const (
	minKey = 16
	maxKey = 64
)

// The errors of keys and thumbprints; they hold nothing of what was given.
var (
	ErrKey        = errors.New("a key is base64 of 16 to 64 bytes")
	ErrThumbprint = errors.New("a thumbprint is 40 hexadecimal digits (SHA-1) or 64 (SHA-256)")
)

// CheckKey says whether a text can be a symmetric key, with ErrKey when not.
func CheckKey(text string) error {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) < minKey || len(raw) > maxKey || strings.ContainsAny(text, "\r\n") {
		return ErrKey
	}
	return nil
}

// Thumbprint gives the digits of a thumbprint as a hub wants them, without the colons and blanks that tools put between
// them, and in capitals; or ErrThumbprint.
func Thumbprint(text string) (string, error) {
	digits := strings.ToUpper(strings.NewReplacer(":", "", " ", "", "\t", "").Replace(text))
	if _, err := hex.DecodeString(digits); err != nil || (len(digits) != 40 && len(digits) != 64) {
		return "", ErrThumbprint
	}
	return digits, nil
}
