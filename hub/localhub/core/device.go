package core

import (
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"hubscope/hub/connstr"
	"hubscope/hub/wire"
)

const (
	maxStatusReason  = 128 // characters, protocol 1.5
	minKey, maxKey   = 16, 64
	maxDevices       = 1_000_000 // protocol 9
	sha1Hex, sha2Hex = 40, 64
	edgeScope        = "ms-azure-iot-edge://"
)

// checkDevice tells what is wrong with an identity that a client sent
// (protocol 1.5, 2.4). The error is 400004.
func checkDevice(d wire.Device) error {
	if err := connstr.CheckDeviceID(d.DeviceID); err != nil {
		return NewError(CodeArgumentInvalid, "DeviceId is invalid: %s.", err)
	}
	switch strings.ToLower(d.Status) {
	case "", wire.Enabled, wire.Disabled:
	default:
		return NewError(CodeArgumentInvalid, "The status '%s' is neither enabled nor disabled.", d.Status)
	}
	if utf8.RuneCountInString(d.StatusReason) > maxStatusReason {
		return NewError(CodeArgumentInvalid, "The status reason has more than %d characters.", maxStatusReason)
	}
	return checkAuthentication(d.Authentication)
}

func checkAuthentication(a *wire.Authentication) error {
	if a == nil {
		return nil
	}
	switch authType(a) {
	case wire.AuthSAS:
		return checkKeys(a.SymmetricKey)
	case wire.AuthSelfSigned:
		return checkThumbprints(a.X509Thumbprint)
	case wire.AuthCA, wire.AuthNone:
		return nil
	}
	return NewError(CodeArgumentInvalid, "The authentication type '%s' is not known.", a.Type)
}

// authType is the type that a client means: case does not matter, and a missing
// one follows from what is given.
func authType(a *wire.Authentication) string {
	for _, known := range []string{wire.AuthSAS, wire.AuthSelfSigned, wire.AuthCA, wire.AuthNone} {
		if strings.EqualFold(a.Type, known) {
			return known
		}
	}
	if a.Type != "" {
		return a.Type
	}
	if x := a.X509Thumbprint; x != nil && x.PrimaryThumbprint+x.SecondaryThumbprint != "" {
		return wire.AuthSelfSigned
	}
	return wire.AuthSAS
}

func checkKeys(k *wire.SymmetricKey) error {
	if k == nil || k.PrimaryKey == "" && k.SecondaryKey == "" {
		return nil // to be made
	}
	if k.PrimaryKey == "" || k.SecondaryKey == "" {
		return NewError(CodeArgumentInvalid, "Give both symmetric keys, or none to have them made.")
	}
	for name, key := range map[string]string{"primary": k.PrimaryKey, "secondary": k.SecondaryKey} {
		raw, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			return NewError(CodeArgumentInvalid, "The %s key is not base64.", name)
		}
		if len(raw) < minKey || len(raw) > maxKey {
			return NewError(CodeArgumentInvalid, "The %s key must have %d to %d bytes when decoded, it has %d.", name, minKey, maxKey, len(raw))
		}
	}
	return nil
}

func checkThumbprints(x *wire.X509Thumbprint) error {
	if x == nil || x.PrimaryThumbprint == "" && x.SecondaryThumbprint == "" {
		return NewError(CodeArgumentInvalid, "Authentication by a self-signed certificate needs a thumbprint.")
	}
	for name, print := range map[string]string{"primary": x.PrimaryThumbprint, "secondary": x.SecondaryThumbprint} {
		if print != "" && (len(print) != sha1Hex && len(print) != sha2Hex || strings.Trim(strings.ToLower(print), "0123456789abcdef") != "") {
			return NewError(CodeArgumentInvalid, "The %s thumbprint must have %d or %d hexadecimal digits and nothing else.", name, sha1Hex, sha2Hex)
		}
	}
	return nil
}

// apply takes over what a client may set.
func (i *identity) apply(d wire.Device, now time.Time) {
	disabled := strings.EqualFold(d.Status, wire.Disabled)
	if disabled != i.Disabled {
		i.Disabled, i.StatusUpdated = disabled, now
	}
	i.StatusReason = d.StatusReason
	i.applyAuthentication(d.Authentication)
	if d.Capabilities != nil {
		i.IoTEdge = d.Capabilities.IoTEdge
	}
	i.applyScopes(d)
}

// applyAuthentication keeps what there is when a is nil, and makes keys where
// none are given.
func (i *identity) applyAuthentication(a *wire.Authentication) {
	if a == nil && i.AuthType != "" {
		return
	}
	if a == nil {
		a = &wire.Authentication{}
	}
	i.AuthType = authType(a)
	i.PrimaryKey, i.SecondaryKey, i.PrimaryThumbprint, i.SecondaryThumbprint = "", "", "", ""
	switch i.AuthType {
	case wire.AuthSAS:
		if k := a.SymmetricKey; k != nil {
			i.PrimaryKey, i.SecondaryKey = k.PrimaryKey, k.SecondaryKey
		}
		if i.PrimaryKey == "" {
			i.PrimaryKey, i.SecondaryKey = newKey(), newKey()
		}
	case wire.AuthSelfSigned:
		i.PrimaryThumbprint, i.SecondaryThumbprint = a.X509Thumbprint.PrimaryThumbprint, a.X509Thumbprint.SecondaryThumbprint
	}
}

// applyScopes: an IoT Edge device has a scope of its own, and its parent's as
// parent scope; another device has its parent's for both (protocol 2.4).
func (i *identity) applyScopes(d wire.Device) {
	i.ParentScopes = d.ParentScopes
	if i.IoTEdge {
		i.Scope = edgeScope + d.DeviceID + "-" + i.Generation
		return
	}
	i.Scope = d.DeviceScope
	if len(i.ParentScopes) == 0 && i.Scope != "" {
		i.ParentScopes = []string{i.Scope}
	}
}

// wireDevice is the document of an identity.
func (h *Hub) wireDevice(id string, i *identity, a activity) wire.Device {
	a, connected := h.current(ID{Device: id}, a)
	d := wire.Device{
		DeviceID: id, GenerationID: i.Generation, ETag: deviceETag(i.ETag),
		ConnectionState: connectionState(connected), Status: i.status(), StatusReason: i.StatusReason,
		ConnectionStateUpdatedTime: wire.Time{Time: a.StateChanged},
		StatusUpdatedTime:          wire.Time{Time: i.StatusUpdated},
		LastActivityTime:           wire.Time{Time: a.Last},
		Authentication:             i.authentication(),
		Capabilities:               &wire.Capabilities{IoTEdge: i.IoTEdge},
		DeviceScope:                i.Scope, ParentScopes: i.ParentScopes,
	}
	return d
}

func (i *identity) authentication() *wire.Authentication {
	return &wire.Authentication{
		Type:           i.AuthType,
		SymmetricKey:   &wire.SymmetricKey{PrimaryKey: i.PrimaryKey, SecondaryKey: i.SecondaryKey},
		X509Thumbprint: &wire.X509Thumbprint{PrimaryThumbprint: i.PrimaryThumbprint, SecondaryThumbprint: i.SecondaryThumbprint},
	}
}

func connectionState(connected bool) string {
	if connected {
		return wire.Connected
	}
	return wire.Disconnected
}
