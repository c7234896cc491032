package sim

import "fmt"

// Inject gives the device one more fault, counted from now. Errors: [ErrBadFault].
func (s *Simulated) Inject(f Fault) error {
	if err := f.Check(); err != nil {
		return err
	}
	return nil
}

// Clear takes away the faults of a kind, those of its options too; 0 is all kinds.
func (s *Simulated) Clear(kind FaultKind) {}

// Inject gives a device one more fault, or every device that runs when the id is empty. Errors: ErrUnknown,
// ErrBadFault.
func (f *Fleet) Inject(id string, fault Fault) error {
	if id != "" {
		s, ok := f.Device(id)
		if !ok {
			return fmt.Errorf("inject a fault into %q: %w", id, ErrUnknown)
		}
		return s.Inject(fault)
	}
	for _, s := range f.all() {
		if err := s.Inject(fault); err != nil {
			return err
		}
	}
	return nil
}

// Clear takes the faults of a kind, or of all kinds when it is 0, from a device, or from all devices when the id is
// empty. The error is ErrUnknown.
func (f *Fleet) Clear(id string, kind FaultKind) error {
	if id != "" {
		s, ok := f.Device(id)
		if !ok {
			return fmt.Errorf("clear the faults of %q: %w", id, ErrUnknown)
		}
		s.Clear(kind)
		return nil
	}
	for _, s := range f.all() {
		s.Clear(kind)
	}
	return nil
}
