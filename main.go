// Command hubscope is a terminal explorer for Azure IoT Hub with a local hub of
// its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hubscope/device"
	"hubscope/device/sim"
	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/hub/events/printer"
	"hubscope/hub/localhub"
	"hubscope/ui"
	"hubscope/ui/monitor"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
	"hubscope/ui/page"
	"hubscope/ui/supervise"
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version = "development"

const (
	exitFailure = 1
	exitUsage   = 2
	// closeTime bounds how long quitting waits for what is under way.
	closeTime = 10 * time.Second
)

// usageError is a command line that cannot be followed; exit code 2.
type usageError struct{ error }

// ended carries the exit code of a supervised screen, which has said all itself.
type ended int

func (e ended) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func main() { os.Exit(exitCode(rootCommand().Execute())) }

func exitCode(err error) int {
	var code ended
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	sentence, next := hub.Explain(err)
	if next != "" {
		sentence += ": " + next
	}
	fmt.Fprintln(os.Stderr, "hubscope: "+sentence)
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailure
}

// flags are those of the screen.
type flags struct {
	connection, state, theme, debug string

	monitor monitor.Options
}

func rootCommand() *cobra.Command {
	var f flags
	root := &cobra.Command{
		Use:   "hubscope",
		Short: "Explore an Azure IoT Hub in the terminal, or the local hub that comes with it",
		Long: "Explore an Azure IoT Hub in the terminal: browse and create devices, start simulated ones, watch events.\n" +
			"Without a connection string the local hub that comes with hubscope is started and explored.",
		Version: version, SilenceUsage: true, SilenceErrors: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q: hubscope --help lists them", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return f.run() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w: %s --help lists the flags", err, c.CommandPath())}
	})
	root.Flags().StringVarP(&f.connection, "connection-string", "c", "", "connection `string` of an IoT Hub, or of its Event Hubs-compatible endpoint (default: IOTHUB_CONNECTION_STRING)")
	f.monitor.AddFlags(root.Flags())
	f.addScreenFlags(root.Flags())
	root.PersistentFlags().StringVar(&f.state, "state-dir", defaultStateDir(), "`folder` of the local hub's state")
	root.AddCommand(hubCommand(&f.state), monitorEventsCommand(&f.state), openCommand(&f))
	return root
}

func (f *flags) addScreenFlags(s *pflag.FlagSet) {
	s.StringVar(&f.theme, "theme", string(ui.Auto), "auto, dark, light or mono")
	s.StringVar(&f.debug, "debug", "", "write types and timings of messages to this `file`")
}

func defaultStateDir() string { return filepath.Join(xdg.StateHome, "hubscope") }

// run shows the screen: in this process when it is the supervised one.
func (f flags) run() error {
	target, err := hub.TargetFromEnv(os.Getenv, f.connection)
	if err != nil {
		return usageError{err}
	}
	if err := f.monitor.Check(); err != nil {
		return usageError{err}
	}
	theme, err := ui.ParseTheme(f.theme)
	if err != nil {
		return usageError{err}
	}
	if !term.IsTerminal(os.Stdout.Fd()) || !term.IsTerminal(os.Stdin.Fd()) {
		return usageError{ui.ErrNoTerminal}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if !supervise.Child() {
		return superviseScreen(f.state)
	}
	debug, err := debugFile(f.debug)
	if err != nil {
		return usageError{err}
	}
	services := ui.Services{Monitor: f.monitor, Target: target}
	services.Monitor.Filters = filepath.Join(xdg.ConfigHome, "hubscope", "filters.toml")
	if len(f.monitor.Recording) > 0 {
		return ui.Run(ctx, offlineServices(services), ui.Options{Theme: theme, Version: version, Debug: debug})
	}
	if target.IsZero() {
		closeHub, err := startOrJoin(ctx, f.state, &services)
		if err != nil {
			return err
		}
		defer closeAll("the local hub", closeHub)
	}
	return show(ctx, services, ui.Options{Theme: theme, Version: version, Debug: debug})
}

// offlineServices are those of a recording: no hub, and a fleet with nobody in it.
func offlineServices(s ui.Services) ui.Services {
	s.Target, s.Fleet = hub.Target{}, ui.FleetOf(sim.NewFleet(sim.FleetOptions{}))
	return s
}

// startOrJoin starts the local hub, or joins the one that runs on the state
// folder already, and takes its place when that ends.
func startOrJoin(ctx context.Context, stateDir string, s *ui.Services) (closeHub func(context.Context) error, err error) {
	o := localhub.PreferredPorts(stateDir)
	o.EventSources = []string{"all"} // who looks at the screen wants to see twins change and devices come and go
	local, err := localhub.Start(ctx, o)
	if errors.Is(err, localhub.ErrInUse) {
		return join(ctx, stateDir, s)
	}
	if err != nil {
		return nil, err
	}
	s.Target, s.Monitor.Groups = local.Target(), local.ConsumerGroups()
	for _, moved := range local.Moved() {
		s.Notes = append(s.Notes, page.Report{Severity: page.Info, Text: moved.String()})
	}
	return local.Close, nil
}

func join(ctx context.Context, stateDir string, s *ui.Services) (closeHub func(context.Context) error, err error) {
	running, err := localhub.Join(ctx, stateDir)
	if err != nil {
		return nil, err
	}
	s.Target, s.Monitor.Groups = running.Target, running.ConsumerGroups()
	s.Notes = append(s.Notes, page.Report{Severity: page.Info, Text: fmt.Sprintf("joined the local hub of process %d, which runs already", running.PID)})
	news := make(chan page.Report, 8)
	s.News = news
	heir := running.Heir(func(next localhub.Succession) {
		report := page.Report{Severity: page.Warning, Text: next.String()}
		if next.By == 0 {
			report.Severity, report.Next = page.Failure, "ctrl+c quits, then start hubscope again"
		}
		select {
		case news <- report:
		default: // the screen has gone
		}
	})
	return heir.Close, nil
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

// show joins the clients to the screen and closes them after it.
func show(ctx context.Context, s ui.Services, o ui.Options) error {
	client, err := hub.New(hub.Options{Target: s.Target, UserAgent: "hubscope/" + version})
	switch {
	case err == nil:
		defer client.Close()
		s.Registry = client
		if s.Target.Local {
			s.Faults = client
		}
	case !errors.Is(err, hub.ErrNoService):
		return usageError{err}
	}
	fleet := sim.NewFleet(sim.FleetOptions{Options: sim.Options{Device: deviceOptions(s.Target), Seed: rand.Uint64()}})
	defer closeAll("the simulated devices", fleet.Close)
	s.Fleet = ui.FleetOf(fleet)
	switch {
	case s.Target.Service.HostName == "" && len(s.Monitor.Queues) > 0:
		return usageError{errors.New("--feedback and --uploads need the connection string of the IoT Hub: that of its Event Hubs-compatible endpoint gives events alone")}
	case s.Target.Service.HostName != "":
		s.Monitor.OpenQueue = func(q events.Queue, webSocket bool) (monitor.Source, error) {
			return events.NewQueueReader(eventOptions(s.Target, monitor.Reading{WebSocket: webSocket}), q)
		}
	}
	s.Events = func(what monitor.Reading) (monitor.Source, error) {
		return events.New(eventOptions(s.Target, what))
	}
	return ui.Run(ctx, s, o)
}

func closeAll(what string, closing func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if err := closing(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "hubscope: %s did not stop cleanly: %v\n", what, err)
	}
}

// deviceOptions and eventOptions are how a device and the monitor reach the hub.
func deviceOptions(t hub.Target) device.Options {
	return device.Options{MQTTAddr: t.MQTTAddr, TLS: t.TLS}
}

func eventOptions(t hub.Target, what monitor.Reading) events.Options {
	o := events.Options{
		Service: t.Service, AMQPAddr: t.AMQPAddr, HTTPSAddr: t.HTTPSAddr, TLS: t.TLS,
		ConsumerGroup: what.Group, Start: what.Start, Starts: what.Starts, Partitions: what.Partitions,
		OwnerLevel: what.OwnerLevel, WebSocket: what.WebSocket,
	}
	if o.Service.HostName == "" { // otherwise the hub itself says where its events are
		o.EventHub = t.EventHub
	}
	return o
}

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

func hubCommand(stateDir *string) *cobra.Command {
	o := localhub.PreferredPorts("")
	c := &cobra.Command{
		Use:   "hub",
		Short: "Run the local hub with no screen, for SDKs, other tools and CI",
		Long: "Run the local hub with no screen. When every listener is up, what other programs need is printed\n" +
			"as NAME=value lines for a POSIX shell, then \"# ready\". Logs go to standard error.\n" +
			"If one runs on the state folder already, its lines are printed, and the command waits as long as it runs.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("hubscope hub takes no argument, and got %q: hubscope hub --help lists its flags", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			o.StateDir = *stateDir
			return serveHub(c.OutOrStdout(), o)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// serveHub runs the local hub until a signal, or until a listener fails.
func serveHub(out io.Writer, o localhub.Options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	local, err := localhub.Start(ctx, o)
	if errors.Is(err, localhub.ErrInUse) {
		return joinHub(ctx, out, o)
	}
	if err != nil {
		return err
	}
	defer closeAll("the local hub", local.Close)
	for _, moved := range local.Moved() {
		o.Logger.Warn(moved.String())
	}
	if err := localhub.WriteEnvironment(out, local.Environment()); err != nil {
		return fmt.Errorf("print what other programs need: %w", err)
	}
	fmt.Fprintln(out, "# ready")
	select {
	case <-ctx.Done():
		return nil
	case <-local.Done():
		return local.Err()
	}
}

// joinHub stands in for the hub that runs on the state folder already, until a
// signal, or until that hub ends, which is a failure: nobody asked for it here.
func joinHub(ctx context.Context, out io.Writer, o localhub.Options) error {
	running, err := localhub.Join(ctx, o.StateDir)
	if err != nil {
		return err
	}
	if flags := running.Conflicts(o); len(flags) > 0 {
		return usageError{fmt.Errorf("the local hub of process %d runs on %s already, and was started without %s: stop it, leave that out, or choose another --state-dir", running.PID, o.StateDir, strings.Join(flags, ", "))}
	}
	if err := localhub.WriteEnvironment(out, running.Environment()); err != nil {
		return fmt.Errorf("print what other programs need: %w", err)
	}
	fmt.Fprintf(out, "# joined the local hub of process %d\n# ready\n", running.PID)
	if err := running.Wait(ctx); err != nil {
		return nil // a signal
	}
	return fmt.Errorf("the local hub of process %d, which this one had joined, has ended: start hubscope hub again", running.PID)
}

func openCommand(root *flags) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "open file...",
		Short: "Look at recordings of events in the monitor, with no hub",
		Long: "Look at recordings of events in the monitor: filters, figures and the open event work as on a live stream.\n" +
			"Recordings are lines of JSON, as the monitor and hubscope monitor-events write them, compressed by gzip or not.\n" +
			"Several files are shown in the order of their times.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("hubscope open needs a file: hubscope open events.jsonl")}
			}
			for _, name := range args {
				if _, err := os.Stat(name); err != nil {
					return usageError{fmt.Errorf("the recording cannot be opened: %w", err)}
				}
			}
			return nil
		},
		RunE: func(c *cobra.Command, files []string) error {
			f.state, f.monitor.Recording = root.state, files
			return f.run()
		},
	}
	f.monitor.AddKeepFlags(c.Flags())
	f.addScreenFlags(c.Flags())
	return c
}

// printing is what hubscope monitor-events is asked for.
type printing struct {
	connection, filter string

	reading monitor.Options
	print   printer.Options
}

func monitorEventsCommand(stateDir *string) *cobra.Command {
	var p printing
	c := &cobra.Command{
		Use:   "monitor-events [device]",
		Short: "Print events as they come, one a line, for scripts and other programs",
		Long: "Print events to standard output as they come, until interrupted. What the stream does is said on standard error.\n" +
			"Without a connection string the local hub that runs on the state folder is read.\n\n" +
			"Exit codes: 0 interrupted, as many as asked for, or nobody reads the output any more; 1 the stream failed; 2 wrong use.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("hubscope monitor-events takes one device, and got %d: use * and ?, or --filter", len(args))}
			}
			if len(args) == 1 {
				p.print.Device = args[0]
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return p.run(*stateDir) },
	}
	f := c.Flags()
	f.StringVarP(&p.connection, "login", "l", "", "connection `string` of an IoT Hub, or of its Event Hubs-compatible endpoint (default: IOTHUB_CONNECTION_STRING)")
	f.StringVarP(&p.connection, "connection-string", "c", "", "the same as --login")
	f.StringVar(&p.filter, "filter", "", "print what the `filter` of the monitor shows, such as 'body.windSpeed > 14'")
	p.reading.AddReadingFlags(f)
	f.Var(f.Lookup("start").Value, "start-time", "the same as --start")
	p.print.AddFlags(f)
	return c
}

// run prints until there is nothing more to do, or a signal.
func (p *printing) run(stateDir string) error {
	target, err := hub.TargetFromEnv(os.Getenv, p.connection)
	if err != nil {
		return usageError{err}
	}
	if err := errors.Join(p.reading.Check(), p.print.Check()); err != nil {
		return usageError{err}
	}
	if p.print.Shows, err = showing(p.filter); err != nil {
		return usageError{err}
	}
	signal.Ignore(syscall.SIGPIPE) // that nobody reads is told by the write
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if target.IsZero() {
		if target, err = runningHub(ctx, stateDir); err != nil {
			return err
		}
	}
	reading, words := p.reading.Reading(time.Now())
	source, err := events.New(eventOptions(target, reading))
	if err != nil {
		return usageError{err}
	}
	p.print.From = target.Name() + ", consumer group " + reading.Group
	p.print.Start, p.print.Partitions = words, len(reading.Partitions)
	return printer.Run(ctx, source, os.Stdout, os.Stderr, p.print)
}

// runningHub is the local hub that runs on the state folder.
func runningHub(ctx context.Context, stateDir string) (hub.Target, error) {
	const patience = time.Second
	joining, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	running, err := localhub.Join(joining, stateDir)
	if err != nil {
		return hub.Target{}, usageError{fmt.Errorf("no local hub runs on %s: start hubscope or hubscope hub first, or name a hub with --login or in %s", stateDir, hub.EnvConnectionString)}
	}
	return running.Target, nil
}

// showing is a filter of the monitor for events as they come.
func showing(text string) (func(*events.Event) bool, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	f, err := filter.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("--filter: %w", err)
	}
	pool := history.Pool{}
	return func(e *events.Event) bool {
		kept := pool.Keep(e)
		return f.Shows(&kept)
	}, nil
}
