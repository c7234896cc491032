package upload

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
)

// The parts of a blob's token, named as in a service SAS of Azure Storage.
const (
	sasVersion     = "2018-03-28"
	sasPermissions = "rw" // what IoT Hub gives: read and write, not delete
	expiryForm     = "2006-01-02T15:04:05Z"
)

// sign makes the query that allows to read and write one blob until expiry.
func (s *Blobs) sign(blob string, expiry time.Time) url.Values {
	return s.token(blob, kindBlob, sasPermissions, expiry)
}

// What a token is for, the values of its "sr".
const (
	kindBlob      = "b"
	kindContainer = "c"
)

// token opens a resource, a blob or all blobs of a container, until expiry.
func (s *Blobs) token(resource, kind, permissions string, expiry time.Time) url.Values {
	se := expiry.UTC().Format(expiryForm)
	return url.Values{
		"sv": {sasVersion}, "sr": {kind}, "sp": {permissions}, "se": {se},
		"sig": {base64.StdEncoding.EncodeToString(s.mac(resource, kind, permissions, se))},
	}
}

// verify gives the permissions on a blob, or the reason why a token does not open
// it.
func (s *Blobs) verify(blob string, token url.Values) (permissions, reason string) {
	resource, kind, se := blob, token.Get("sr"), token.Get("se")
	permissions = token.Get("sp")
	if kind == kindContainer {
		resource, _, _ = strings.Cut(blob, "/")
	}
	sig, err := base64.StdEncoding.DecodeString(token.Get("sig"))
	if err != nil || !hmac.Equal(sig, s.mac(resource, kind, permissions, se)) {
		return "", "Signature did not match."
	}
	expiry, err := time.Parse(expiryForm, se)
	if err != nil || !s.now().Before(expiry) {
		return "", "Signature not valid in the specified time frame."
	}
	return permissions, ""
}

func (s *Blobs) mac(resource, kind, permissions, se string) []byte {
	text := permissions + "\n" + se + "\n/" + s.tree + "/" + resource + "\n" + sasVersion
	if kind != kindBlob {
		text += "\n" + kind
	}
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
