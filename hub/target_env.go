package hub

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/connstr"
)

// The environment variables that [TargetFromEnv] reads. The command "hubscope hub" prints
// all of them.
const (
	EnvConnectionString = "IOTHUB_CONNECTION_STRING"
	EnvEventHub         = "EVENTHUB_CONNECTION_STRING"
	EnvCAFile           = "HUBSCOPE_CA_FILE"
	EnvHTTPSPort        = "HUBSCOPE_HTTPS_PORT"
	EnvMQTTPort         = "HUBSCOPE_MQTT_PORT"
	EnvAMQPPort         = "HUBSCOPE_AMQP_PORT"
)

// SettingError says which part of the environment cannot be used.
type SettingError struct {
	// Name is the variable.
	Name string
	// Reason is the rest of a sentence: "is not a port number".
	Reason string
	Hint   string
	err    error
}

func (e *SettingError) Error() string {
	text := e.Name + " " + e.Reason
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// Unwrap gives what is behind it, for example of the file system.
func (e *SettingError) Unwrap() error { return e.err }

// Explain implements [Explainer].
func (e *SettingError) Explain() (sentence, next string) { return e.Name + " " + e.Reason, e.Hint }

// TargetFromEnv finds out which hub is meant. ConnectionString, from the command
// line, goes first, then IOTHUB_CONNECTION_STRING, then EVENTHUB_CONNECTION_STRING; with none of them
// the target is zero: see [Target.IsZero].
//
// The ports and the CA file in the environment belong to the hub whose strings
// stand there: they are not used for another host that the command line names.
// The errors are [*connstr.Error] and [*SettingError].
func TargetFromEnv(getenv func(string) string, connectionString string) (Target, error) {
	env, err := targetFromStrings(getenv(EnvConnectionString), getenv(EnvEventHub))
	if err != nil && connectionString == "" {
		return Target{}, err
	}
	target := env
	if connectionString != "" {
		if target, err = targetFromStrings(connectionString, ""); err != nil {
			return Target{}, err
		}
	}
	if target.IsZero() || !env.IsZero() && !strings.EqualFold(target.host(), env.host()) {
		return target, nil
	}
	return target.reachedBy(getenv, env.listensAt(target.host()))
}

// listensAt is the host to dial for a local hub: where the plain endpoint of its
// environment is, since the hub's own name may be one that only the certificate
// knows; else the name.
func (t Target) listensAt(name string) string {
	if t.EventHub != nil && t.EventHub.Emulator {
		return bareHost(t.EventHub.Host)
	}
	return name
}

// IsZero says that no hub is named.
func (t Target) IsZero() bool { return t.Service.HostName == "" && t.EventHub == nil }

// Name is the host name that the connection string gives.
func (t Target) Name() string {
	if t.Service.HostName == "" && t.EventHub != nil {
		return t.EventHub.Host
	}
	return t.Service.HostName
}

func (t Target) host() string { return bareHost(t.Name()) }

// targetFromStrings reads a connection string of either kind, and beside that of a hub the
// one of its Event Hubs-compatible endpoint.
func targetFromStrings(service, eventHub string) (Target, error) {
	if service == "" {
		service, eventHub = eventHub, ""
	}
	if service == "" {
		return Target{}, nil
	}
	parsed, err := connstr.Parse(service)
	if err != nil {
		return Target{}, err
	}
	switch s := parsed.(type) {
	case connstr.EventHub:
		return Target{EventHub: &s}, nil
	case connstr.Service:
		return withEventHub(Target{Service: s}, eventHub)
	}
	_, err = connstr.ParseService(service) // a device's: the error says so
	return Target{}, err
}

func withEventHub(t Target, eventHub string) (Target, error) {
	if eventHub == "" {
		return t, nil
	}
	e, err := connstr.ParseEventHub(eventHub)
	if err != nil {
		return Target{}, &SettingError{Name: EnvEventHub, Reason: "cannot be used", Hint: err.Error(), err: err}
	}
	t.EventHub = &e
	return t, nil
}

// knownTime bounds the question whether a name is known, which files answer.
const knownTime = 250 * time.Millisecond

// dialled is what to dial for a host. Where there is no /etc/hosts, as in an empty container, nobody knows localhost.
func dialled(host string) string {
	if !strings.EqualFold(host, "localhost") {
		return host
	}
	ctx, cancel := context.WithTimeout(context.Background(), knownTime)
	defer cancel()
	if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
		return "127.0.0.1"
	}
	return host
}

func (t Target) reachedBy(getenv func(string) string, host string) (Target, error) {
	host = dialled(host)
	for _, p := range []struct {
		name string
		into *string
	}{{EnvHTTPSPort, &t.HTTPSAddr}, {EnvMQTTPort, &t.MQTTAddr}, {EnvAMQPPort, &t.AMQPAddr}} {
		value := strings.TrimSpace(getenv(p.name))
		if value == "" {
			continue
		}
		if n, err := strconv.ParseUint(value, 10, 16); err != nil || n == 0 {
			return Target{}, &SettingError{Name: p.name, Reason: "is not a port number from 1 to 65535", Hint: "correct it or unset it", err: err}
		}
		*p.into = net.JoinHostPort(host, value)
		t.Local = true // only a local hub has ports of its own
	}
	if file := getenv(EnvCAFile); file != "" {
		trusted, err := trustFile(file)
		if err != nil {
			return Target{}, err
		}
		t.TLS, t.CAFile = trusted, file
	}
	return t, nil
}

// trustFile trusts the certificates of a PEM file besides those that the system trusts.
func trustFile(file string) (*tls.Config, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, &SettingError{Name: EnvCAFile, Reason: "names a file that cannot be read (" + err.Error() + ")", Hint: "correct it or unset it", err: err}
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, &SettingError{Name: EnvCAFile, Reason: "names a file with no PEM certificate in it", Hint: "correct it or unset it"}
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}
