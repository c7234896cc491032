package sim

import (
	"fmt"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// SetKey gives the device another key, as when its keys are made anew. It is for connections made from now on: the hub
// itself ends one whose key is gone. For a minute, a refusal of the old key does not stop the device. A device that has
// ended starts with the new key again. A device that has no key cannot be given one.
func (s *Simulated) SetKey(key secret.Text) error {
	s.mu.Lock()
	s.cs.Key, s.rekeyed = key, time.Now()
	wrong := s.condition.wrongKey
	s.mu.Unlock()
	if wrong || s.client == nil {
		return nil
	}
	return s.client.SetKey(key)
}

// credentials is what the device connects with.
func (s *Simulated) credentials() connstr.Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cs
}

// SetKey gives a device another key. The errors are ErrUnknown, and that the device has none.
func (f *Fleet) SetKey(id string, key secret.Text) error {
	s, ok := f.Device(id)
	if !ok {
		return fmt.Errorf("give %q another key: %w", id, ErrUnknown)
	}
	return s.SetKey(key)
}
