package hub

import (
	"crypto/tls"

	"hubscope/hub/connstr"
)

// Target is where a hub is, how to reach it and what to trust. It is built once,
// by [TargetFromEnv] or by the local hub, and not changed afterwards.
type Target struct {
	// Service is zero when only an Event Hubs-compatible string is known.
	Service connstr.Service
	// EventHub is set when the user gave an Event Hubs-compatible string.
	EventHub *connstr.EventHub
	// HTTPSAddr, MQTTAddr and AMQPAddr are the host:port to dial instead of
	// HostName with port 443, 8883 and 5671. Empty: the standard address. Names in
	// TLS, tokens and requests stay those of HostName.
	HTTPSAddr, MQTTAddr, AMQPAddr string
	// TLS says what to trust. Nil: the system's roots.
	TLS *tls.Config
	// CAFile is the file with what TLS trusts beyond the system's roots, to name it to other programs; "": none.
	CAFile string
	// Local says that this is the built-in local hub.
	Local bool
}
