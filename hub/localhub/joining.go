package localhub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hubscope/hub"
)

// noteName is a file in the state folder that says how the hub which runs there
// is reached. It holds a key, as the state itself does, and has the same mode.
const noteName = "running.json"

// runningNote is the content of the file.
type runningNote struct {
	PID       int               `json:"pid"`
	Variables map[string]string `json:"variables"`
}

// leaveNote tells other processes of this user how to reach the hub.
func (h *Hub) leaveNote() error {
	note := runningNote{PID: os.Getpid(), Variables: map[string]string{}}
	for _, v := range h.Environment() {
		note.Variables[v.Name] = v.Value
	}
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

const (
	// joinTime is how long a hub that is just starting is waited for.
	joinTime = 5 * time.Second
	joinStep = 100 * time.Millisecond
)

// Running is the hub of another process, on the same state folder.
type Running struct {
	Target hub.Target
	PID    int
}

// Join finds the hub that runs on a state folder, when Start has given ErrInUse.
// It asks that hub before it returns, and waits a few seconds for one that is
// just starting, or until ctx ends.
func Join(ctx context.Context, stateDir string) (Running, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTime)
	defer cancel()
	for {
		running, err := askNoted(ctx, stateDir)
		if err == nil {
			return running, nil
		}
		select {
		case <-ctx.Done():
			return Running{}, fmt.Errorf("the local hub on %s is held by another process and does not answer (%w): end that process, or choose another state folder", stateDir, err)
		case <-time.After(joinStep):
		}
	}
}

// askNoted reads the note and asks the hub that it names.
func askNoted(ctx context.Context, stateDir string) (Running, error) {
	data, err := os.ReadFile(filepath.Join(stateDir, noteName))
	if err != nil {
		return Running{}, err
	}
	var note runningNote
	if err := json.Unmarshal(data, &note); err != nil {
		return Running{}, fmt.Errorf("%s is damaged: %w", noteName, err)
	}
	target, err := hub.TargetFromEnv(func(name string) string { return note.Variables[name] }, "")
	if err != nil {
		return Running{}, err
	}
	client, err := hub.New(hub.Options{Target: target, CallTimeout: joinTime / 5, Retry: hub.Retry{Tries: 1}})
	if err != nil {
		return Running{}, err
	}
	defer client.Close()
	if _, err := client.RegistryStatistics(ctx); err != nil {
		return Running{}, err
	}
	return Running{Target: target, PID: note.PID}, nil
}
