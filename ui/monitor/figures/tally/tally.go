package tally

import (
	"strconv"
	"time"

	"hubscope/device/sim"
	"hubscope/ui/monitor/history"
)

// Bounds of what is told apart.
const (
	MaxDevices    = 2000
	MaxPartitions = 256
	// maxBody is how large the body of the last event of a device may be to be kept beside the history.
	maxBody = 16 << 10
)

// Tally is what was counted. The zero Tally must be made with New.
type Tally struct {
	Total Flow
	// Since is when counting began.
	Since time.Time
	// Others are the events of devices beyond MaxDevices.
	Others uint64

	devices    map[identity]*Device
	list       []*Device
	partitions map[string]*Partition
	at         *Device    // of the event before: they often come in runs
	part       *Partition // likewise
	touched    []*Device
	turned     time.Time
	term       time.Time // when latencies were last forgotten
}

type identity struct{ device, module string }

// Device is what came from a device, or from a module of it.
type Device struct {
	Flow
	Name      string
	DeviceID  string
	Last      history.Event // telemetry, where there is any; without a body when that is very large
	LastIndex uint64        // the number of Last in the history
	Proof     *Proof        // nil: it does not number its messages
	id        identity
	telemetry bool // Last is
	touched   bool // Last is not up to date
}

// Partition is what came from a partition.
type Partition struct {
	Flow
	ID       string
	Sequence int64 // of the last event
}

// New makes an empty tally.
func New(now time.Time) *Tally {
	return &Tally{Since: now, devices: map[identity]*Device{}, partitions: map[string]*Partition{}, turned: now, term: now}
}

// Devices are all devices, in the order in which they were first seen. It is good until the next Add.
func (t *Tally) Devices() []*Device { return t.list }

// Partitions are all partitions by their ids.
func (t *Tally) Partitions() map[string]*Partition { return t.partitions }

// Add counts an event that has the number n in the history. Settle must follow while it is there.
func (t *Tally) Add(n uint64, e *history.Event) {
	size := len(e.Body)
	t.Total.add(size, e.Received)
	flows := [3]*Flow{&t.Total}
	if p := t.partition(e.Partition); p != nil {
		p.add(size, e.Received)
		p.Sequence = e.Sequence
		flows[1] = &p.Flow
	}
	d := t.device(e)
	measured := &t.Total
	if d != nil {
		d.add(size, e.Received)
		flows[2], measured = &d.Flow, &d.Flow
		d.touch(t, n, e)
	}
	sampled := measured.sampled()
	var made time.Time
	if sampled && !e.Enqueued.IsZero() {
		made = latencies(flows[:], e)
	}
	if d != nil && len(e.Application) > 1 {
		d.prove(e, made, sampled)
	}
}

// latencies measures an event for all flows that it belongs to, and gives when it was made, if it tells.
func latencies(flows []*Flow, e *history.Event) time.Time {
	made, clocked := created(e)
	here, clock := e.Received.Sub(e.Enqueued), e.Enqueued.Sub(made)
	for _, f := range flows {
		if f == nil {
			continue
		}
		f.Here.add(here)
		if clocked {
			f.Clock.add(clock)
		}
	}
	return made
}

// touch notes the last telemetry; until there is any, the last event of another source.
func (d *Device) touch(t *Tally, n uint64, e *history.Event) {
	telemetry := e.Source == "Telemetry" || history.IsTelemetry(e.Source)
	if !telemetry && d.telemetry {
		return
	}
	d.telemetry, d.LastIndex = telemetry, n
	if !d.touched {
		d.touched = true
		t.touched = append(t.touched, d)
	}
}

// Settle keeps the last events of devices: they may fall out of the history. It costs what as many devices cost as have
// sent something since.
func (t *Tally) Settle(event func(n uint64) *history.Event) {
	for _, d := range t.touched {
		d.touched = false
		e := event(d.LastIndex)
		if e == nil {
			continue
		}
		d.Last = *e
		if len(e.Body) > maxBody {
			d.Last.Body = nil
		}
	}
	t.touched = t.touched[:0]
}

// prove takes the number of a message of a simulated device.
func (d *Device) prove(e *history.Event, made time.Time, sampled bool) {
	var id, number string
	for i := len(e.Application) - 1; i >= 0; i-- { // in order of their names; few come after these
		switch a := &e.Application[i]; a.Name {
		case sim.RunProperty:
			id, _ = a.Value.(string)
		case sim.SequenceProperty:
			number, _ = a.Value.(string)
		}
	}
	if number == "" {
		return
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n == 0 {
		return
	}
	if d.Proof == nil {
		d.Proof = &Proof{}
	}
	d.Proof.add(id, n)
	if !sampled {
		return
	}
	from := made
	if from.IsZero() {
		from = e.Enqueued
	}
	d.Proof.Delay.add(e.Received.Sub(from))
}

func (t *Tally) device(e *history.Event) *Device {
	id := identity{e.DeviceID, e.ModuleID}
	switch {
	case id.device == "":
		return nil
	case t.at != nil && t.at.id == id:
		return t.at
	}
	d, known := t.devices[id]
	if !known {
		if len(t.devices) >= MaxDevices {
			t.Others++
			return nil
		}
		d = &Device{Name: e.Name(), DeviceID: e.DeviceID, id: id}
		t.devices[id] = d
		t.list = append(t.list, d)
	}
	t.at = d
	return d
}

func (t *Tally) partition(id string) *Partition {
	switch {
	case id == "":
		return nil
	case t.part != nil && t.part.ID == id:
		return t.part
	}
	p, known := t.partitions[id]
	if !known {
		if len(t.partitions) >= MaxPartitions {
			return nil
		}
		p = &Partition{ID: id}
		t.partitions[id] = p
	}
	t.part = p
	return p
}

// Turn ends a second of counting.
func (t *Tally) Turn(now time.Time) {
	seconds := now.Sub(t.turned).Seconds()
	if seconds <= 0 {
		return
	}
	t.turned = now
	forget := now.Sub(t.term) >= latencyTerm
	if forget {
		t.term = now
	}
	turn := func(f *Flow) {
		f.turn(seconds)
		if forget {
			f.forget()
		}
	}
	turn(&t.Total)
	for _, p := range t.partitions {
		turn(&p.Flow)
	}
	for _, d := range t.list {
		turn(&d.Flow)
		if forget && d.Proof != nil {
			d.Proof.Delay.turn()
		}
	}
}
