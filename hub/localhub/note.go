package localhub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// noteName is a file in the state folder that says how the hub which runs there
// is reached. It holds a key, as the state itself does, and has the same mode.
const noteName = "running.json"

// runningNote is the content of the file.
type runningNote struct {
	PID       int        `json:"pid"`
	Variables []Variable `json:"variables"`
	Settings  settings   `json:"settings"`
}

// leaveNote tells other processes of this user how to reach the hub.
func (h *Hub) leaveNote() error {
	note := runningNote{PID: os.Getpid(), Variables: h.Environment(), Settings: h.settings()}
	data, err := json.Marshal(note)
	if err != nil {
		return fmt.Errorf("note how to reach the local hub: %w", err)
	}
	// Under its name only when it is whole: a reader may come at any time.
	name := filepath.Join(h.o.StateDir, noteName)
	if err := os.WriteFile(name+".new", data, 0o600); err != nil {
		return fmt.Errorf("note how to reach the local hub: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return fmt.Errorf("note how to reach the local hub: %w", err)
	}
	return nil
}

// takeNote takes the note away. A hub that was killed leaves one behind; Join
// does not believe a note without asking the hub that it names.
func (h *Hub) takeNote() error {
	err := os.Remove(filepath.Join(h.o.StateDir, noteName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// readNote reads the note of a state folder.
func readNote(stateDir string) (note runningNote, err error) {
	data, err := os.ReadFile(filepath.Join(stateDir, noteName))
	if err != nil {
		return note, err
	}
	if err := json.Unmarshal(data, &note); err != nil {
		return note, fmt.Errorf("%s is damaged: %w", noteName, err)
	}
	return note, nil
}

// variable is the value of one of the note's variables.
func (n runningNote) variable(name string) string {
	for _, v := range n.Variables {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}
