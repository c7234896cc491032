package upload

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"time"
)

// The parts of a blob's token, named as in a service SAS of Azure Storage.
const (
	sasVersion     = "2018-03-28"
	sasPermissions = "rw" // what IoT Hub gives: read and write, not delete
	expiryForm     = "2006-01-02T15:04:05Z"
)

// sign makes the query that allows to read and write one blob until expiry.
func (s *Service) sign(blob string, expiry time.Time) url.Values {
	se := expiry.UTC().Format(expiryForm)
	return url.Values{
		"sv": {sasVersion}, "sr": {"b"}, "sp": {sasPermissions}, "se": {se},
		"sig": {base64.StdEncoding.EncodeToString(s.mac(blob, se))},
	}
}

// verify tells why a token does not open a blob; "" when it does.
func (s *Service) verify(blob string, token url.Values) string {
	se := token.Get("se")
	sig, err := base64.StdEncoding.DecodeString(token.Get("sig"))
	if err != nil || !hmac.Equal(sig, s.mac(blob, se)) {
		return "Signature did not match."
	}
	expiry, err := time.Parse(expiryForm, se)
	if err != nil || !s.now().Before(expiry) {
		return "Signature not valid in the specified time frame."
	}
	return ""
}

func (s *Service) mac(blob, se string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(sasPermissions + "\n" + se + "\n/" + Container + "/" + blob + "\n" + sasVersion))
	return h.Sum(nil)
}
