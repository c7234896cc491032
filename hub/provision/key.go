package provision

import (
	"crypto/rand"
	"encoding/base64"

	"hubscope/hub/secret"
)

// keySize is that of the keys which hubs make (protocol 1.5).
const keySize = 32

// NewKey is a random symmetric key, as a hub would make it.
func NewKey() secret.Text {
	var key [keySize]byte
	_, _ = rand.Read(key[:]) // never fails: it ends the program instead
	return secret.New(base64.StdEncoding.EncodeToString(key[:]))
}
