package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hubscope/device/sim/profile"
	"hubscope/ui/safe"
)

const profileLong = `Look at profiles: what simulated devices send and when, how they answer methods, what they do with their twin.

A profile is a TOML or JSON file. Those of the folder %s are known by their names here, to
hubscope simulate --profile, and on the Simulator tab. Begin yours with a copy of one that is built in.`

const profileExamples = `  hubscope profile list
  hubscope profile show wind > sea.toml
  hubscope profile check sea.toml
  hubscope profile preview sea.toml --device buoy-1 -n 5
  hubscope simulate buoy-1 --create --profile sea.toml`

func profileCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "profile",
		Short:   "List, show, check and preview what simulated devices are like",
		Long:    fmt.Sprintf(profileLong, profileDir()),
		Example: profileExamples,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q: hubscope profile has list, show, check and preview", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(profileListCommand(), profileShowCommand(), profileCheckCommand(), profilePreviewCommand())
	return c
}

func profileListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the profiles: built in, and of the configuration folder",
		Long: "List the profiles that are built in and those of " + profileDir() + ".\n" +
			"Mistakes in files of the folder are said on standard error.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{errors.New("hubscope profile list takes no argument: hubscope profile show NAME shows one")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			return listProfiles(c.OutOrStdout(), c.ErrOrStderr())
		},
	}
}

func listProfiles(out, errOut io.Writer) error {
	own, problems := profile.LoadDir(profileDir())
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "NAME\tMESSAGES\tDESCRIPTION\tFROM")
	for _, p := range profile.Builtins() {
		tellProfile(w, p, "built in")
	}
	for _, p := range own {
		from := p.File
		if _, taken := profile.Builtin(p.Name); taken {
			from += " (by this path only: a built-in one has the name)"
		}
		tellProfile(w, p, from)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the profiles: %w", err)
	}
	for _, problem := range problems {
		tellProblems(errOut, problem)
	}
	return nil
}

func tellProfile(w io.Writer, p *profile.Profile, from string) {
	const shown = 3
	var kinds []string
	for i, k := range p.Messages {
		if i == shown && len(p.Messages) > shown+1 {
			kinds = append(kinds, fmt.Sprintf("%d more", len(p.Messages)-shown))
			break
		}
		kinds = append(kinds, safe.Inline(k.Name)+" "+every(k.Interval))
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", safe.Inline(p.Name), strings.Join(kinds, ", "), safe.Inline(p.Description), safe.Inline(from))
}

// every is a duration without zeros behind.
func every(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// tellProblems writes what is wrong with a profile, a line for each place, in the form that editors know how to jump to.
func tellProblems(out io.Writer, err error) {
	var all profile.Errors
	if !errors.As(err, &all) {
		fmt.Fprintln(out, safe.Inline(err.Error()))
		return
	}
	for _, e := range all {
		fmt.Fprintln(out, safe.Inline(e.Error()))
	}
}

func profileShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show name",
		Short:   "Print the text of a profile, to be changed",
		Example: "  hubscope profile show wind > sea.toml",
		Args:    oneProfile("show"),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := findProfile(args[0])
			if err != nil {
				return err
			}
			if _, err := io.WriteString(c.OutOrStdout(), p.Source); err != nil {
				return fmt.Errorf("print the profile: %w", err)
			}
			return nil
		},
	}
}

// oneProfile wants one argument that names a profile.
func oneProfile(command string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError{fmt.Errorf("hubscope profile %s takes one profile, a name or a file: hubscope profile list lists them", command)}
		}
		return nil
	}
}
