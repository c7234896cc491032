package sim

import "fmt"

// Inject gives a device one more fault, or every device that runs when the id is empty. Errors: ErrUnknown,
// ErrBadFault.
func (f *Fleet) Inject(id string, fault Fault) error {
	return f.each("inject a fault into", id, func(s *Simulated) error { return s.Inject(fault) })
}

// Clear takes the faults of a kind, or of all kinds when it is 0, from a device, or from all devices when the id is
// empty. The error is ErrUnknown.
func (f *Fleet) Clear(id string, kind FaultKind) error {
	return f.each("clear the faults of", id, func(s *Simulated) error {
		s.Clear(kind)
		return nil
	})
}

func (f *Fleet) each(what, id string, do func(*Simulated) error) error {
	if id != "" {
		s, ok := f.Device(id)
		if !ok {
			return fmt.Errorf("%s %q: %w", what, id, ErrUnknown)
		}
		return do(s)
	}
	for _, s := range f.all() {
		if err := do(s); err != nil {
			return err
		}
	}
	return nil
}
