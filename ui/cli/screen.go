package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/pflag"

	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/ui"
	"hubscope/ui/monitor"
	"hubscope/ui/supervise"
)

// flags are those of the screen.
type flags struct {
	version string

	connection, state, theme, debug string
	readOnly                        bool

	monitor monitor.Options
}

func (f *flags) addScreenFlags(s *pflag.FlagSet) {
	s.StringVar(&f.theme, "theme", string(ui.Auto), "auto, dark, light or mono")
	s.BoolVar(&f.readOnly, "read-only", false, "take away all that changes something on the hub or at a device")
	s.StringVar(&f.debug, "debug", "", "write types and timings of messages to this `file`")
}

// run shows the screen: in this process when it is the supervised one.
func (f flags) run(ctx context.Context) error {
	services, options, err := f.read()
	if err != nil {
		return usageError{err}
	}
	if !supervise.Child() {
		return superviseScreen(f.state)
	}
	tuneMemory()
	if options.Debug, err = debugFile(f.debug); err != nil {
		return usageError{err}
	}
	if len(f.monitor.Recording) > 0 {
		return ui.Run(ctx, offlineServices(services), options)
	}
	if services.Target.IsZero() {
		closeHub, err := startOrJoin(ctx, f.state, &services)
		if err != nil {
			return err
		}
		defer closeAll("the local hub", closeHub)
	}
	return show(ctx, services, options)
}

// read is what flags and environment ask for, checked; nothing is opened yet.
func (f flags) read() (s ui.Services, o ui.Options, err error) {
	s.Monitor, o.Version, o.ReadOnly = f.monitor, f.version, f.readOnly
	s.Monitor.Filters = filepath.Join(xdg.ConfigHome, "hubscope", "filters.toml")
	s.Columns = filepath.Join(xdg.ConfigHome, "hubscope", "devices.toml")
	s.Queries = filepath.Join(xdg.ConfigHome, "hubscope", "queries.toml")
	s.Methods = filepath.Join(xdg.ConfigHome, "hubscope", "methods.toml")
	s.ProfileDir = profileDir()
	s.DataDir = filepath.Join(xdg.DataHome, "hubscope")
	if s.Target, err = hub.TargetFromEnv(os.Getenv, f.connection); err != nil {
		return s, o, err
	}
	if err := s.Monitor.Complete(); err != nil {
		return s, o, err
	}
	if o.Theme, err = ui.ParseTheme(f.theme); err != nil {
		return s, o, err
	}
	if !term.IsTerminal(os.Stdout.Fd()) || !term.IsTerminal(os.Stdin.Fd()) {
		return s, o, ui.ErrNoTerminal
	}
	return s, o, nil
}

// offlineServices are those of a recording: no hub, and a fleet with nobody in it.
func offlineServices(s ui.Services) ui.Services {
	s.Target, s.Fleet = hub.Target{}, ui.FleetOf(sim.NewFleet(sim.FleetOptions{}))
	return s
}

// superviseScreen runs the screen in a child, so that the terminal is restored
// whatever happens there.
func superviseScreen(stateDir string) error {
	code, err := supervise.Run(context.Background(), supervise.Options{
		Args: os.Args[1:], CrashDir: filepath.Join(stateDir, "crashes"),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
	if err != nil || code == 0 {
		return err
	}
	return ended(code)
}

// debugFile is nil when name is empty.
func debugFile(name string) (io.Writer, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the debug file cannot be written (%w): name another with --debug", err)
	}
	return f, nil
}
