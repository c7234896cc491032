// Package connstr reads and writes the connection strings of IoT Hub and of its
// Event Hubs-compatible endpoint (protocol 1.1).
//
// Every type here prints with its key masked; Reveal gives the text with the key.
package connstr

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"hubscope/hub/secret"
)

// Service is the connection string of a hub: a shared access policy and its key.
type Service struct {
	// HostName is the hub's name, possibly with ":port".
	HostName string
	// GatewayHostName is the host to connect to instead; tokens still name HostName.
	GatewayHostName string
	PolicyName      string
	// Key is base64 text.
	Key secret.Text
}

// Device is the connection string of a device or module. Exactly one of Key,
// Token and X509 is set.
type Device struct {
	// HostName is the hub's name, possibly with ":port".
	HostName string
	// GatewayHostName is the host to connect to instead; user name and token still name HostName.
	GatewayHostName string
	DeviceID        string
	// ModuleID is empty for a device.
	ModuleID string
	// PolicyName is set when Key is the key of a hub policy used on the device's behalf.
	PolicyName string
	// Key is base64 text.
	Key secret.Text
	// Token is a ready SAS token.
	Token secret.Text
	// X509 says that a client certificate, which the program provides, is used.
	X509 bool
}

// EventHub is an Event Hubs-compatible connection string.
type EventHub struct {
	// Endpoint is the address as written, sb://host[:port]/ with its final slash.
	Endpoint string
	// Host is the host[:port] of Endpoint.
	Host       string
	PolicyName string
	// Key is used as it stands: Event Hubs does not decode it.
	Key secret.Text
	// Token is a ready SAS token; then there is no Key.
	Token secret.Text
	// EntityPath is the name of the event hub.
	EntityPath string
	// Emulator asks for plain TCP with no TLS.
	Emulator bool
}

// ForDevice is the connection string of a device of this hub with its own key.
func (s Service) ForDevice(deviceID string, key secret.Text) Device {
	return Device{HostName: s.HostName, GatewayHostName: s.GatewayHostName, DeviceID: deviceID, Key: key}
}

// Reveal gives the text with the key in it.
func (s Service) Reveal() string { return s.text(secret.Text.Reveal) }

// String gives the text with the key masked.
func (s Service) String() string { return s.text(secret.Text.String) }

// Format masks the key whatever the verb.
func (s Service) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue masks the key for log/slog.
func (s Service) LogValue() slog.Value { return slog.StringValue(s.String()) }

func (s Service) text(show func(secret.Text) string) string {
	var b builder
	b.add(partHostName, s.HostName)
	b.add(partGatewayHostName, s.GatewayHostName)
	b.add(partPolicy, s.PolicyName)
	b.add(partKey, show(s.Key))
	return b.String()
}

// Reveal gives the text with the key or token in it.
func (d Device) Reveal() string { return d.text(secret.Text.Reveal) }

// String gives the text with the key or token masked.
func (d Device) String() string { return d.text(secret.Text.String) }

// Format masks the key whatever the verb.
func (d Device) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue masks the key for log/slog.
func (d Device) LogValue() slog.Value { return slog.StringValue(d.String()) }

func (d Device) text(show func(secret.Text) string) string {
	var b builder
	b.add(partHostName, d.HostName)
	b.add(partGatewayHostName, d.GatewayHostName)
	b.add(partDeviceID, d.DeviceID)
	b.add(partModuleID, d.ModuleID)
	b.add(partPolicy, d.PolicyName)
	b.add(partKey, show(d.Key))
	b.add(partToken, show(d.Token))
	if d.X509 {
		b.add(partX509, "true")
	}
	return b.String()
}

// Reveal gives the text with the key or token in it.
func (e EventHub) Reveal() string { return e.text(secret.Text.Reveal) }

// String gives the text with the key or token masked.
func (e EventHub) String() string { return e.text(secret.Text.String) }

// Format masks the key whatever the verb.
func (e EventHub) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }

// LogValue masks the key for log/slog.
func (e EventHub) LogValue() slog.Value { return slog.StringValue(e.String()) }

func (e EventHub) text(show func(secret.Text) string) string {
	var b builder
	b.add(partEndpoint, e.Endpoint)
	b.add(partPolicy, e.PolicyName)
	b.add(partKey, show(e.Key))
	b.add(partToken, show(e.Token))
	b.add(partEntityPath, e.EntityPath)
	if e.Emulator {
		b.add(partEmulator, "true")
	}
	return b.String()
}

// builder joins Name=Value pairs and leaves out the empty ones.
type builder struct{ strings.Builder }

func (b *builder) add(name, value string) {
	if value == "" {
		return
	}
	if b.Len() > 0 {
		b.WriteByte(';')
	}
	b.WriteString(name + "=" + value)
}
