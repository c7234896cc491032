package localhub

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/fault"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/tlsca"
)

// What the state folder holds.
const (
	stateFile = "hub.db"
	caFolder  = "ca"
)

// openState opens what the hub keeps: first the file, whose lock tells that no
// other hub runs on the folder.
func (h *Hub) openState() error {
	options, err := h.o.core()
	if err != nil {
		return err
	}
	if h.gate, err = openGate(h.o); err != nil {
		return err
	}
	options.Gate = h.gate
	if err := os.MkdirAll(h.o.StateDir, 0o700); err != nil {
		return stateDirError(h.o.StateDir, err)
	}
	db, err := store.Open(filepath.Join(h.o.StateDir, stateFile), store.Options{Logger: h.o.Logger})
	if err != nil {
		return err
	}
	h.db = db
	if h.core, err = core.Open(db, options); err != nil {
		return err
	}
	h.gate.Bind(h.core)
	if h.features, err = openFeatures(db, h.core, h.o, h.httpsHost); err != nil {
		return err
	}
	h.ca, err = tlsca.Open(filepath.Join(h.o.StateDir, caFolder), h.o.hostNames())
	return err
}

// openGate makes the gate with the rules that hold from the start.
func openGate(o Options) (*fault.Gate, error) {
	gate, err := fault.New(fault.Options{Tier: o.Tier, Units: o.Units})
	if err == nil {
		err = gate.Set(o.Faults)
	}
	if err != nil {
		return nil, fmt.Errorf("start the local hub: %w", err)
	}
	return gate, nil
}

func stateDirError(dir string, err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("the state folder %s can not be made (%w): choose another one with --state-dir", dir, err)
}
