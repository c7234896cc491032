package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"hubscope/device/sim"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// fleet is one whose devices send when the test says so.
type fleet struct {
	mu       sync.Mutex
	registry *registry
	devices  map[string]*sim.Status
	logs     map[string][]sim.Entry
	usual    sim.Settings
	rate     float64
	slowedTo float64
	err      error
}

func newFleet(r *registry) *fleet {
	return &fleet{registry: r, devices: map[string]*sim.Status{}, logs: map[string][]sim.Entry{}}
}

func (f *fleet) Start(cs connstr.Device) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	if cs.Key.IsZero() {
		return fmt.Errorf("no key")
	}
	f.devices[cs.DeviceID] = &sim.Status{
		DeviceID: cs.DeviceID, Profile: "wind", State: sim.Sending, Interval: time.Second, Since: fixedNow,
	}
	f.registry.connect(cs.DeviceID, true)
	return nil
}

func (f *fleet) Stop(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s, ok := f.devices[id]; ok {
		s.State = sim.Stopped
	}
	f.registry.connect(id, false)
	return nil
}

func (f *fleet) StopAll(ctx context.Context) error {
	for _, id := range f.IDs() {
		if err := f.Stop(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (f *fleet) Inject(id string, fault sim.Fault) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.devices {
		if id == "" || s.DeviceID == id {
			s.Faults = append(s.Faults, sim.ActiveFault{Fault: fault, On: true})
		}
	}
	return f.err
}

func (f *fleet) Clear(id string, _ sim.FaultKind) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.devices {
		if id == "" || s.DeviceID == id {
			s.Faults = nil
		}
	}
	return f.err
}

func (f *fleet) StartAs(cs connstr.Device, s sim.Settings) error {
	if cs.X509 && s.Certificate != nil {
		cs.Key = secret.New("a certificate in its place")
	}
	return f.Start(cs)
}

func (f *fleet) StartMany(_ context.Context, list []connstr.Device, o sim.StartOptions) ([]sim.Refusal, error) {
	var refused []sim.Refusal
	for _, cs := range list {
		err := sim.ErrConnected
		if o.Force || !o.Connected(cs.DeviceID) {
			err = f.Start(cs)
		}
		if err != nil {
			refused = append(refused, sim.Refusal{DeviceID: cs.DeviceID, Err: err})
		}
	}
	return refused, nil
}

func (f *fleet) Forget(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.devices[id].State.Running() {
		return sim.ErrRunning
	}
	delete(f.devices, id)
	return nil
}

func (f *fleet) SetRate(perSecond float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rate = perSecond
}

// atMost is the rate that was set, in messages a second.
func (f *fleet) atMost() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rate
}

// slow lets the devices send no more than this many messages a second.
func (f *fleet) slow(perSecond float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slowedTo = perSecond
}

// seed gives a device another seed.
func (f *fleet) seed(id string, seed uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.devices[id].Seed = seed
}

func (f *fleet) Settings(string) (sim.Settings, error) { return f.Usual(), f.err }

func (f *fleet) Usual() sim.Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.usual
}

func (f *fleet) Use(s sim.Settings) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.usual = s
}

func (f *fleet) Restart(_ context.Context, id string, s sim.Settings) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.devices[id].Profile, f.devices[id].Interval = s.Profile.Name, s.Interval
	return f.err
}

func (f *fleet) SetInterval(id string, every time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.devices[id].Interval = every
	return nil
}

func (f *fleet) IDs() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	ids := make([]string, 0, len(f.devices))
	for id := range f.devices {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (f *fleet) States() sim.States { return f.Summary().States }

func (f *fleet) Summary() sim.Summary {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := sim.Summary{Devices: len(f.devices), SlowedTo: f.slowedTo}
	for _, s := range f.devices {
		sum.States[s.State]++
		sum.Accepted += s.Accepted
		sum.Confirmed += s.Confirmed
		sum.Failed += s.Failed
		sum.RTTp50, sum.RTTp99 = max(sum.RTTp50, s.RTTp50), max(sum.RTTp99, s.RTTp99)
	}
	return sum
}

func (f *fleet) Worst(n int) []sim.Ailing {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []sim.Ailing
	for _, s := range f.devices {
		if s.Failed > 0 {
			out = append(out, sim.Ailing{Status: *s, Reason: "messages failed"})
		}
	}
	slices.SortFunc(out, func(a, b sim.Ailing) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(a.DeviceID, b.DeviceID))
	})
	return out[:min(n, len(out))]
}

func (f *fleet) One(id string) (sim.Status, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.devices[id]
	if !ok {
		return sim.Status{}, false
	}
	return *s, true
}

func (f *fleet) Log(id string) []sim.Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.logs[id])
}
