package sas_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// BenchmarkVerify parses and verifies a token; the reference in the same run is
// the bare HMAC over the same text.
func BenchmarkVerify(b *testing.B) {
	key := secret.New(testKey)
	signed, err := sas.IoTHub("myhub.azure-devices.net/devices/wind-1", key, "", time.Unix(1_893_456_000, 0))
	if err != nil {
		b.Fatal(err)
	}
	text := signed.Reveal()
	parsed, _ := sas.Parse(text)
	raw, _ := base64.StdEncoding.DecodeString(testKey)
	message := []byte(parsed.RawResource + "\n1893456000")
	var ours, bare time.Duration
	for b.Loop() {
		began := time.Now()
		token, err := sas.Parse(text)
		if err != nil || !token.Verify(key) {
			b.Fatal("not verified")
		}
		ours += time.Since(began)
		began = time.Now()
		mac := hmac.New(sha256.New, raw)
		mac.Write(message)
		_ = mac.Sum(nil)
		bare += time.Since(began)
	}
	b.ReportMetric(float64(bare)/float64(ours), "of-bare-hmac")
}
