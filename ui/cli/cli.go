// Package cli holds the commands of hubscope: the screen, hub, open,
// monitor-events, simulate and profile. It joins what the flags and the
// environment ask for to the clients, the local hub and the screen, and closes
// them all at the end.
//
// It stands above the screen and the local hub, and only the program imports it.
package cli

import (
	"fmt"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
)

// Root is the command that hubscope is: the screen, and all other commands below
// it. Execute it with a context that a signal ends, and give what it returns to
// [ExitCode].
func Root(version string) *cobra.Command {
	f := flags{version: version}
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
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c.Context()) },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w: %s --help lists the flags", err, c.CommandPath())}
	})
	root.Flags().StringVarP(&f.connection, "connection-string", "c", "", "connection `string` of an IoT Hub, or of its Event Hubs-compatible endpoint (default: IOTHUB_CONNECTION_STRING)")
	f.monitor.AddFlags(root.Flags())
	f.addScreenFlags(root.Flags())
	root.PersistentFlags().StringVar(&f.state, "state-dir", defaultStateDir(), "`folder` of the local hub's state")
	root.AddCommand(hubCommand(&f.state), monitorEventsCommand(&f.state), openCommand(&f), simulateCommand(&f.state, version), profileCommand())
	return root
}

func defaultStateDir() string { return filepath.Join(xdg.StateHome, "hubscope") }
