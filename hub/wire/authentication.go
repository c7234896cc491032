package wire

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Authentication says how an identity proves itself.
type Authentication struct {
	SymmetricKey   *SymmetricKey   `json:"symmetricKey,omitempty"`
	X509Thumbprint *X509Thumbprint `json:"x509Thumbprint,omitempty"`
	Type           string          `json:"type,omitempty"`
}

// SymmetricKey holds the two keys of an identity, each of them base64 text. It
// prints as stars; its JSON has the keys in it. Empty keys are null in JSON.
type SymmetricKey struct {
	PrimaryKey   string `json:"primaryKey"`
	SecondaryKey string `json:"secondaryKey"`
}

// X509Thumbprint holds the thumbprints of an identity's certificates, each 40 (SHA-1) or
// 64 (SHA-256) hexadecimal digits. Empty ones are null in JSON.
type X509Thumbprint struct {
	PrimaryThumbprint   string `json:"primaryThumbprint"`
	SecondaryThumbprint string `json:"secondaryThumbprint"`
}

// MarshalJSON writes empty keys as null, as the service does.
func (k SymmetricKey) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		PrimaryKey   *string `json:"primaryKey"`
		SecondaryKey *string `json:"secondaryKey"`
	}{orNull(k.PrimaryKey), orNull(k.SecondaryKey)})
}

// MarshalJSON writes empty thumbprints as null, as the service does.
func (x X509Thumbprint) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		PrimaryThumbprint   *string `json:"primaryThumbprint"`
		SecondaryThumbprint *string `json:"secondaryThumbprint"`
	}{orNull(x.PrimaryThumbprint), orNull(x.SecondaryThumbprint)})
}

// String masks the keys.
func (k SymmetricKey) String() string {
	return "{primaryKey:" + mask(k.PrimaryKey) + " secondaryKey:" + mask(k.SecondaryKey) + "}"
}

// Format masks the keys whatever the verb.
func (k SymmetricKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue masks the keys for log/slog.
func (k SymmetricKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

func mask(key string) string {
	if key == "" {
		return ""
	}
	return "***"
}
