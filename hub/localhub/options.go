package localhub

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/fault"
)

// Preferred, as a port, is the well-known one if it can be had, else a free one;
// Hub.Moved tells of the change. The official SDKs can not be told a port
// (protocol 0.8).
const Preferred = -1

// The well-known ports (protocol 0.8, 0.9).
const (
	wellKnownHTTPS     = 443
	wellKnownMQTT      = 8883
	wellKnownAMQP      = 5671
	wellKnownAMQPPlain = 5672
)

// Options of Start.
type Options struct {
	// StateDir is the folder of the hub's state, made with mode 0700 when it is
	// not there. Required.
	StateDir string
	// Listen is the IP address to listen on. Default 127.0.0.1, which stands for
	// "localhost": the hub then also listens on ::1 where there is one, since
	// some clients try that first.
	Listen string
	// Names are host names that the hub answers to besides localhost and the
	// loopback addresses; the first one is the hub's name in connection strings.
	// Default: localhost.
	Names []string
	// The four ports: Preferred, 0 for any free one, or exactly this one.
	HTTPSPort, MQTTPort, AMQPPort, AMQPPlainPort int
	// Partitions of the built-in endpoint; see core.Options.
	Partitions int
	// ConsumerGroups besides $Default.
	ConsumerGroups []string
	// Retention and RetentionBytes bound the events kept; see core.Options.
	Retention      time.Duration
	RetentionBytes int64
	// UploadBytes bounds the files that devices have uploaded, all together, and
	// as much again those in the containers of import and export jobs. Default
	// 10 GiB.
	UploadBytes int64
	// EventSources are the sources of events besides telemetry, in any case:
	// twinChangeEvents and the others of core.EventSources, or "all". Default
	// none.
	EventSources []string
	// DeviceCAFiles are PEM files of authorities that sign certificates of
	// devices. Default none.
	DeviceCAFiles []string
	// Faults are rules that hold from the start; see package fault.
	Faults []fault.Rule
	// Tier and Units limit the hub as an edition of IoT Hub is. Default: no
	// limits.
	Tier  fault.Tier
	Units int
	// Logger gets what the hub's operator wants to know. Default: nothing.
	Logger *slog.Logger
}

const defaultListen = "127.0.0.1"

func (o Options) withDefaults() (Options, error) {
	if o.StateDir == "" {
		return o, fmt.Errorf("start the local hub: no state folder given")
	}
	if o.Listen == "" || strings.EqualFold(o.Listen, "localhost") {
		o.Listen = defaultListen
	}
	if net.ParseIP(o.Listen) == nil {
		return o, fmt.Errorf("start the local hub: %q is not an IP address to listen on", o.Listen)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, o.check()
}

// hostNames are all names that the hub answers to, its own first.
func (o Options) hostNames() []string {
	var names []string
	others := []string{"localhost", "127.0.0.1", "::1"}
	if ip := net.ParseIP(o.Listen); !ip.IsUnspecified() {
		others = append(others, ip.String())
	}
	for _, name := range slices.Concat(o.Names, others) {
		name = strings.TrimSpace(name)
		known := slices.ContainsFunc(names, func(have string) bool { return strings.EqualFold(have, name) })
		if name != "" && !known {
			names = append(names, name)
		}
	}
	return names
}

// core are the options of the hub without its listeners.
func (o Options) core() (core.Options, error) {
	sources, err := eventSources(o.EventSources)
	if err != nil {
		return core.Options{}, err
	}
	authorities, err := deviceCAs(o.DeviceCAFiles)
	if err != nil {
		return core.Options{}, err
	}
	return core.Options{
		EventSources: sources, DeviceCAs: authorities,
		Names: o.hostNames(), Partitions: o.Partitions, ConsumerGroups: o.ConsumerGroups,
		Retention: o.Retention, RetentionBytes: o.RetentionBytes, Logger: o.Logger,
	}, nil
}
