package localhub

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub/store"
)

const (
	// joinTime is how long a hub that is just starting is waited for.
	joinTime = 5 * time.Second
	joinStep = 100 * time.Millisecond
)

// Running is the hub of another process, on the same state folder.
type Running struct {
	Target hub.Target
	PID    int

	stateDir string
	note     runningNote
}

// Environment is what other programs need to use the hub, as that of a Hub.
func (r Running) Environment() []Variable { return r.note.Variables }

// Conflicts are the flags, with their values, that ask for something which the
// running hub is not; a program that needs them can not use it.
func (r Running) Conflicts(o Options) []string { return r.note.Settings.conflicts(o) }

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
	note, err := readNote(stateDir)
	if err != nil {
		return Running{}, err
	}
	target, err := hub.TargetFromEnv(note.variable, "")
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
	return Running{Target: target, PID: note.PID, stateDir: stateDir, note: note}, nil
}

// watchStep is how often Wait looks.
const watchStep = 500 * time.Millisecond

// Wait returns nil when the running hub has ended, by whatever cause, or the
// error of ctx. It asks the lock of the state, not the hub: one that refuses or
// delays requests on demand has not ended.
func (r Running) Wait(ctx context.Context) error {
	ticker := time.NewTicker(watchStep)
	defer ticker.Stop()
	for r.runs() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (r Running) runs() bool {
	if !store.InUse(filepath.Join(r.stateDir, stateFile)) {
		return false
	}
	// Another hub may have taken the folder since. One that is about to end has
	// no note any more.
	note, err := readNote(r.stateDir)
	return err != nil || note.PID == r.PID
}

// Successor are the options of a hub that takes the place of the one that has
// ended: the same settings on the same ports, so that clients find it.
func (r Running) Successor() Options { return r.note.Settings.options(r.stateDir) }
