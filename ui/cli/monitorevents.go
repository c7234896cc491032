package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"hubscope/hub"
	"hubscope/hub/events"
	"hubscope/hub/events/printer"
	"hubscope/hub/localhub"
	"hubscope/ui/monitor"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/history"
)

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
		RunE: func(c *cobra.Command, _ []string) error { return p.run(c.Context(), *stateDir) },
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
func (p *printing) run(ctx context.Context, stateDir string) error {
	target, err := hub.TargetFromEnv(os.Getenv, p.connection)
	if err != nil {
		return usageError{err}
	}
	if err := errors.Join(p.reading.Complete(), p.print.Check()); err != nil {
		return usageError{err}
	}
	if p.print.Shows, err = showing(p.filter); err != nil {
		return usageError{err}
	}
	signal.Ignore(syscall.SIGPIPE) // that nobody reads is told by the write
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

// runningHub is the local hub that runs on the state folder. One that is busy is given time to answer.
func runningHub(ctx context.Context, stateDir string) (hub.Target, error) {
	const tries, patience = 10, time.Second
	for range tries {
		joining, cancel := context.WithTimeout(ctx, patience)
		running, err := localhub.Join(joining, stateDir)
		cancel()
		switch {
		case err == nil:
			return running.Target, nil
		case ctx.Err() != nil:
			return hub.Target{}, ctx.Err()
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED):
			return hub.Target{}, noHub(stateDir)
		}
	}
	return hub.Target{}, noHub(stateDir)
}

func noHub(stateDir string) error {
	return usageError{fmt.Errorf("no local hub runs on %s: start hubscope or hubscope hub first, or name a hub with -c or in %s", stateDir, hub.EnvConnectionString)}
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
