package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

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
			f.version, f.state, f.monitor.Recording = root.version, root.state, files
			return f.run(c.Context())
		},
	}
	f.monitor.AddKeepFlags(c.Flags())
	f.addScreenFlags(c.Flags())
	return c
}
