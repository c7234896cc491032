package sim

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"hubscope/device"
	"hubscope/device/sim/profile"
	"hubscope/hub/connstr"
)

// Settings are what the devices of one fleet may differ in. A field that is zero stands for the fleet's own option.
type Settings struct {
	Profile *profile.Profile
	// Interval is that of the profile's main kind; 0: the profile's.
	Interval       time.Duration
	UnknownMethods UnknownMethods
	Settle         Settle
	// NoProof and TelemetryOnly are as in [Options].
	NoProof, TelemetryOnly bool
	// WebSocket carries MQTT over WebSocket on port 443.
	WebSocket bool
	// Certificate proves who the device is when its identity has X.509 authentication.
	Certificate *tls.Certificate
}

// Use makes the settings those of devices that are started from now on without settings of their own.
func (f *Fleet) Use(s Settings) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.usual, f.usualOptions = s, f.with(s)
}

// Usual are the settings of devices that are started without settings of their own.
func (f *Fleet) Usual() Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.usual
}

// SetRate bounds how many messages all devices send together in a second, from now on; 0: no bound.
func (f *Fleet) SetRate(perSecond float64) {
	f.company.pace.SetLimit(limitOf(perSecond))
	f.company.pace.SetBurst(burstOf(perSecond))
}

// StartAs starts a device with settings of its own. Errors: as Start.
func (f *Fleet) StartAs(cs connstr.Device, s Settings) error {
	return f.begin(cs, f.with(s))
}

// Restart ends a device that runs, waits for that until ctx ends, and starts it with other settings: its
// counts begin anew. Errors: ErrUnknown, ErrClosed, ctx's.
func (f *Fleet) Restart(ctx context.Context, id string, s Settings) error {
	d, ok := f.Device(id)
	if !ok {
		return fmt.Errorf("start %q again: %w", id, ErrUnknown)
	}
	if err := d.Stop(ctx); err != nil {
		return err
	}
	return f.StartAs(d.credentials(), s)
}

// Settings are those that a device was started with. The error is ErrUnknown.
func (f *Fleet) Settings(id string) (Settings, error) {
	d, ok := f.Device(id)
	if !ok {
		return Settings{}, fmt.Errorf("settings of %q: %w", id, ErrUnknown)
	}
	return d.settings(), nil
}

func (s *Simulated) settings() Settings {
	o := s.o
	set := Settings{
		Profile: o.Profile, Interval: o.Interval, UnknownMethods: o.UnknownMethods, Settle: o.Settle,
		NoProof: o.NoProof, TelemetryOnly: o.TelemetryOnly, WebSocket: o.Device.WebSocket,
	}
	if o.Device.TLS != nil && len(o.Device.TLS.Certificates) > 0 {
		set.Certificate = &o.Device.TLS.Certificates[0]
	}
	return set
}

// with gives the fleet's options with the settings, to be shared by the devices that have them.
func (f *Fleet) with(s Settings) *Options {
	o := *f.o
	if s.Profile != nil {
		o.Profile, o.Interval, o.generate = s.Profile, 0, nil
	}
	if s.Interval > 0 {
		o.Interval = s.Interval
	}
	if s.UnknownMethods != NotFound {
		o.UnknownMethods = s.UnknownMethods
	}
	if s.Settle != ByProfile {
		o.Settle = s.Settle
	}
	o.NoProof = o.NoProof || s.NoProof
	o.TelemetryOnly = o.TelemetryOnly || s.TelemetryOnly
	o.Device = s.device(o.Device)
	return &o
}

func (s Settings) device(o device.Options) device.Options {
	o.WebSocket = o.WebSocket || s.WebSocket
	if s.Certificate == nil {
		return o
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		config = o.TLS.Clone()
	}
	config.Certificates = []tls.Certificate{*s.Certificate}
	o.TLS = config
	return o
}
