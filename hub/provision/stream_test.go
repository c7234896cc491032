package provision_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub"
	"hubscope/hub/provision"
)

// entries are those of ids, in lines from 2.
func entries(ids []string) iter.Seq[provision.Entry] {
	return func(yield func(provision.Entry) bool) {
		for i, id := range ids {
			if !yield(provision.Entry{Line: i + 2, Change: hub.Change{Device: hub.Device{DeviceID: id}}}) {
				return
			}
		}
	}
}

// kept is a sink that keeps what it gets, and checks the order.
type kept struct {
	t     *testing.T
	ids   []string
	items []provision.Item
	fails int // after so many; 0: never
}

func (k *kept) put(e provision.Entry, item provision.Item) error {
	if k.fails > 0 && len(k.items) == k.fails {
		return io.ErrShortWrite
	}
	if want := k.ids[len(k.items)]; item.DeviceID != want || e.Change.Device.DeviceID != want || e.Line != len(k.items)+2 {
		k.t.Fatalf("item %d is %s of line %d, want %s", len(k.items), item.DeviceID, e.Line, want)
	}
	k.items = append(k.items, item)
	return nil
}

// A list that is longer than what is held at a time is made in order, with the progress of all of it.
func TestEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newStrictHub(func(int, time.Duration) error { return nil })
		ids := numbered(1, 25_050)
		h.ids[ids[20_000]] = true
		k := &kept{t: t, ids: ids}
		last := 0
		counts, err := provision.Each(t.Context(), h, entries(ids), len(ids), provision.Options{Create: true, Keyless: true, Progress: func(p provision.Progress) {
			if p.Total != len(ids) || p.Done() < last {
				t.Errorf("%v after %d", p.Counts, last)
			}
			last = p.Done()
		}}, k.put)
		if want := (provision.Counts{Total: 25_050, Created: 25_049, Found: 1}); err != nil || counts != want || last != want.Total {
			t.Fatalf("%v, %v, last told %d", counts, err, last)
		}
		if len(k.items) != len(ids) || k.items[20_000].Outcome != provision.Found || k.items[0].Device.Auth.Primary.IsZero() {
			t.Errorf("%d items, %+v", len(k.items), k.items[20_000])
		}
		if len(h.times) != 251 { // a call a hundred, and none that reads
			t.Errorf("%d calls", len(h.times))
		}
	})
}

// A run that is stopped waits for its calls, counts what they made, and tells of the rest that it was not tried.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop, halt := context.WithCancel(t.Context())
		h := newStrictHub(func(call int, _ time.Duration) error {
			if call == 40 {
				halt()
			}
			return nil
		})
		ids := numbered(1, 30_000)
		k := &kept{t: t, ids: ids}
		counts, err := provision.Each(t.Context(), h, entries(ids), len(ids), provision.Options{Create: true, Keyless: true, Stop: stop}, k.put)
		if !errors.Is(err, context.Canceled) || counts.Created != len(h.ids) || counts.Created < 4000 || counts.Created > 4800 {
			t.Errorf("%v of %d that were made, %v", counts, len(h.ids), err)
		}
		made := 0
		for _, item := range k.items {
			if item.Outcome == provision.Created {
				made++
			}
		}
		if len(k.items) != len(ids) || made != counts.Created || counts.Untried != len(ids)-made {
			t.Errorf("%d items, %d of them made, %v", len(k.items), made, counts)
		}
	})
}

// A run that waits for a hub ends its waiting when it is stopped.
func TestStopWhileTheHubIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop, halt := context.WithTimeout(t.Context(), time.Minute)
		defer halt()
		h := newStrictHub(func(int, time.Duration) error { return throttled(time.Hour) })
		r, err := provision.Run(t.Context(), h, numbered(1, 500), provision.Options{Create: true, Keyless: true, Stop: stop})
		if err == nil || r.Created != 0 || r.Untried != 500 || time.Since(h.began) > time.Minute+time.Second {
			t.Errorf("%v, %v after %v", r.Counts, err, time.Since(h.began))
		}
	})
}

// A sink that fails ends the run: what cannot be told must not be made.
func TestASinkThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newStrictHub(func(int, time.Duration) error { return nil })
		ids := numbered(1, 30_000)
		k := &kept{t: t, ids: ids, fails: 5}
		counts, err := provision.Each(t.Context(), h, entries(ids), len(ids), provision.Options{Create: true, Keyless: true}, k.put)
		if !errors.Is(err, io.ErrShortWrite) || counts.Created != 10_000 || len(h.ids) != 10_000 {
			t.Errorf("%v, %v", counts, err)
		}
	})
}

// deaf is a hub of which the answer to each third call is lost, after it was carried out.
type deaf struct {
	*strictHub
	keys map[string]hub.Device // as they were made
}

func (d *deaf) Bulk(ctx context.Context, changes []hub.Change) (hub.BulkResult, error) {
	r, err := d.strictHub.Bulk(ctx, changes)
	d.mu.Lock()
	defer d.mu.Unlock()
	refused := map[string]bool{}
	for _, e := range r.Errors {
		refused[e.DeviceID] = true
	}
	for _, c := range changes {
		if !refused[c.Device.DeviceID] {
			d.keys[c.Device.DeviceID] = c.Device
		}
	}
	if len(d.times)%3 == 0 {
		return hub.BulkResult{}, errors.New("connection reset")
	}
	return r, err
}

func (d *deaf) Device(_ context.Context, id string) (hub.Device, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.keys[id], nil
}

// What a call has made whose answer was lost is counted as made, with the keys that it has; what others have made is not.
func TestWhatWasMadeWithALostAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &deaf{newStrictHub(func(int, time.Duration) error { return nil }), map[string]hub.Device{}}
		ids := numbered(1, 2000)
		theirs := hub.Device{DeviceID: ids[250], Auth: hub.Authentication{Type: hub.AuthSAS, Primary: provision.NewKey(), Secondary: provision.NewKey()}}
		d.ids[ids[250]], d.keys[ids[250]] = true, theirs
		r, err := provision.Run(t.Context(), d, ids, provision.Options{Create: true, Keyless: true})
		if err != nil || r.Created != 1999 || r.Found != 1 {
			t.Fatalf("%v, %v", r.Counts, err)
		}
		for _, item := range r.Items {
			if item.Outcome == provision.Created && item.Device.Auth.Primary != d.keys[item.DeviceID].Auth.Primary {
				t.Fatalf("%s has another key", item.DeviceID)
			}
		}
	})
}

// A dry run of a long list writes nothing to a hub.
func TestEachDry(t *testing.T) {
	h := startHub(t, localhub.Options{})
	c := clientOf(t, h.Target())
	run(t, c, numbered(1, 10), provision.Options{Create: true})
	ids := numbered(6, 105)
	k := &kept{t: t, ids: ids}
	counts, err := provision.Each(t.Context(), c, entries(ids), len(ids), provision.Options{Create: true, DryRun: true, Keyless: true}, k.put)
	if want := (provision.Counts{Total: 100, Found: 5, WouldCreate: 95}); err != nil || counts != want {
		t.Errorf("%v, %v", counts, err)
	}
	if n, err := c.RegistryStatistics(t.Context()); err != nil || n.TotalDeviceCount != 10 {
		t.Errorf("%+v, %v", n, err)
	}
}
