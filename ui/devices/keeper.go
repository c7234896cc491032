package devices

import (
	"sync"

	"hubscope/ui/userfile"
)

// keeper writes what the list shows to its file. Writings may overtake each other, each
// in a goroutine of its own: only the newest counts.
type keeper struct {
	newest int // what was asked for last; belongs to the event loop

	mu      sync.Mutex
	written int // guarded by mu
}

const choiceHead = "# What the list of devices shows. hubscope writes this file when columns or order are changed.\n"

// save writes a choice unless a newer one was written already.
func (k *keeper) save(serial int, path string, c choice) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if serial <= k.written {
		return nil
	}
	if err := userfile.Save(path, choiceHead, c); err != nil {
		return err
	}
	k.written = serial
	return nil
}
