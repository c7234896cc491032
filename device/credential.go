package device

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"runtime"
	"time"

	"hubscope/device/topic"
	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// renewAt is the part of a token's lifetime after which it is renewed (protocol 10, C# and Java).
const renewAt = 0.85

// credential proves who the device is: with its own key, a hub policy's key, a ready token, or,
// silently, a certificate.
type credential struct {
	resource string
	policy   string
	key      secret.Text
	token    secret.Text
	lifetime time.Duration

	isCertificate bool
	notAfter      time.Time // of the certificate; zero: not known
}

func newCredential(cs connstr.Device, o Options) (credential, error) {
	c := credential{
		resource: resource(cs), policy: cs.PolicyName, key: cs.Key, token: cs.Token, lifetime: o.TokenLifetime,
		isCertificate: cs.X509, notAfter: endOfCertificate(o.TLS),
	}
	if c.key.IsZero() && c.token.IsZero() && !cs.X509 {
		return c, fmt.Errorf("device %q has neither a key nor a token nor a certificate", cs.DeviceID)
	}
	_, _, err := c.password(time.Now())
	return c, err
}

// resource is what the token speaks for: the identity alone, also when a policy signs (protocol 1.2).
func resource(cs connstr.Device) string {
	r := withoutPort(cs.HostName) + "/devices/" + cs.DeviceID
	if cs.ModuleID != "" {
		r += "/modules/" + cs.ModuleID
	}
	return r
}

// password makes the password of a CONNECT, and says after how long to connect anew with another
// one; 0 for never, since a ready token or a certificate cannot be renewed here.
func (c credential) password(now time.Time) (secret.Text, time.Duration, error) {
	if c.key.IsZero() {
		return c.token, 0, nil
	}
	expiry := now.Add(c.lifetime).Truncate(time.Second)
	token, err := sas.IoTHub(c.resource, c.key, c.policy, expiry)
	if err != nil {
		return secret.Text{}, 0, fmt.Errorf("sign a token for the device: %w", err)
	}
	renewIn := time.Duration(renewAt * float64(expiry.Sub(now)))
	return token, max(renewIn, time.Second), nil
}

// endOfCertificate is when the certificate of the device ends, if that is known.
func endOfCertificate(config *tls.Config) time.Time {
	if config == nil || len(config.Certificates) == 0 || config.Certificates[0].Leaf == nil {
		return time.Time{}
	}
	return config.Certificates[0].Leaf.NotAfter
}

// explain adds to a refusal what can be known here: that a ready token has ended, or that it was a certificate that the
// hub did not like.
func (c credential) explain(refused error, now time.Time) error {
	switch {
	case !errors.Is(refused, ErrUnauthorized):
		return refused
	case c.isCertificate:
		return c.explainCertificate(refused, now)
	case !c.token.IsZero():
		return c.explainToken(refused, now)
	default:
		return refused
	}
}

func (c credential) explainCertificate(refused error, now time.Time) error {
	problem := "the certificate is not the one that the hub knows, or the device is disabled or unknown"
	if !c.notAfter.IsZero() && c.notAfter.Before(now) {
		problem = "the certificate of the device ended at " + c.notAfter.UTC().Format(time.RFC3339)
	}
	why := &reason{"not authorized: " + problem, "look at the device: is it there and enabled, and is this its thumbprint or authority?"}
	return &failure{why, fmt.Errorf("%s: %w", problem, refused)}
}

func (c credential) explainToken(refused error, now time.Time) error {
	token, err := sas.Parse(c.token.Reveal())
	switch {
	case err != nil:
		return &failure{&reason{"not authorized: the SAS token is malformed", newToken}, fmt.Errorf("the SAS token is malformed: %w", refused)}
	case token.Expiry.Before(now):
		ended := "the SAS token ended at " + token.Expiry.UTC().Format(time.RFC3339)
		return &failure{&reason{"not authorized: " + ended, newToken}, fmt.Errorf("%s: %w", ended, refused)}
	default:
		return refused
	}
}

const newToken = "make a new SAS token, or use the device's key"

func username(cs connstr.Device, clientType string) string {
	return topic.Username(withoutPort(cs.HostName), cs.DeviceID, cs.ModuleID, topic.WithClientType(clientType))
}

func defaultClientType() string {
	return fmt.Sprintf("hubscope (%s; %s; %s)", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}
