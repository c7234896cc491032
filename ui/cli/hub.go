package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hubscope/hub/localhub"
)

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
			return serveHub(c.Context(), c.OutOrStdout(), o)
		},
	}
	o.AddFlags(c.Flags())
	return c
}

// serveHub runs the local hub until a signal, or until a listener fails.
func serveHub(ctx context.Context, out io.Writer, o localhub.Options) error {
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
