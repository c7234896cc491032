package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"hubscope/device"
	"hubscope/device/sim"
	"hubscope/device/sim/profile"
	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/ui"
	"hubscope/ui/monitor"
)

// show joins the clients to the screen and closes them after it.
func show(ctx context.Context, s ui.Services, o ui.Options) error {
	client, err := hub.New(hub.Options{Target: s.Target, UserAgent: "hubscope/" + o.Version})
	switch {
	case err == nil:
		defer client.Close()
		s.Registry = client
		if s.Target.Local {
			s.Faults = client
		}
	case !errors.Is(err, hub.ErrNoService):
		return usageError{err}
	}
	fleet := sim.NewFleet(sim.FleetOptions{Options: sim.Options{Device: deviceOptions(s.Target), Seed: rand.Uint64()}})
	defer closeAll("the simulated devices", fleet.Close)
	s.Fleet, s.Profiles = ui.FleetOf(fleet), profiles
	switch {
	case s.Target.Service.HostName == "" && len(s.Monitor.Queues) > 0:
		return usageError{errors.New("--feedback and --uploads need the connection string of the IoT Hub: that of its Event Hubs-compatible endpoint gives events alone")}
	case s.Target.Service.HostName != "":
		closeSender, err := addMessages(&s)
		if err != nil {
			return usageError{err}
		}
		defer closeSender()
	}
	s.Events = func(what monitor.Reading) (monitor.Source, error) {
		return events.New(eventOptions(s.Target, what))
	}
	return ui.Run(ctx, s, o)
}

// profiles are those that are built in and the user's own. What is wrong with one of these is said where they are shown.
func profiles() []*profile.Profile {
	own, _ := profile.LoadDir(profileDir())
	return append(profile.Builtins(), own...)
}

// closeTime bounds how long quitting waits for what is under way.
const closeTime = 10 * time.Second

// closeAll says on standard error what did not close in time.
func closeAll(what string, closing func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if err := closing(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "hubscope: %s did not stop cleanly: %v\n", what, err)
	}
}

// deviceOptions and eventOptions are how a device and the monitor reach the hub.
func deviceOptions(t hub.Target) device.Options {
	return device.Options{MQTTAddr: t.MQTTAddr, WebSocketAddr: t.HTTPSAddr, TLS: t.TLS}
}

func eventOptions(t hub.Target, what monitor.Reading) events.Options {
	o := events.Options{
		Service: t.Service, AMQPAddr: t.AMQPAddr, HTTPSAddr: t.HTTPSAddr, TLS: t.TLS,
		ConsumerGroup: what.Group, Start: what.Start, Starts: what.Starts, Partitions: what.Partitions,
		OwnerLevel: what.OwnerLevel, WebSocket: what.WebSocket,
	}
	if o.Service.HostName == "" { // otherwise the hub itself says where its events are
		o.EventHub = t.EventHub
	}
	return o
}
