package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"hubscope/device/sim/profile"
	"hubscope/ui/safe"
)

func profileCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [file...]",
		Short: "Find what is wrong with profiles, with line and column",
		Long: "Find what is wrong with the files, or with all of " + profileDir() + " when none is given.\n" +
			"Each mistake is a line file:line:column: sentence. The first messages of a device are made too, and what it reports at\n" +
			"the start, so that templates are found that can be read and fail.\n\n" +
			"Exit codes: 0 no mistakes; 1 there are some; 2 wrong use.",
		Example: "  hubscope profile check sea.toml\n  hubscope profile check",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, files []string) error {
			if len(files) == 0 {
				var err error
				if files, err = ownProfiles(); err != nil {
					return err
				}
			}
			return checkProfiles(c.OutOrStdout(), files)
		},
	}
}

// ownProfiles are the files in the folder of profiles.
func ownProfiles() ([]string, error) {
	var files []string
	for _, ending := range []string{"*.toml", "*.json"} {
		some, err := filepath.Glob(filepath.Join(profileDir(), ending))
		if err != nil {
			return nil, fmt.Errorf("look for profiles: %w", err)
		}
		files = append(files, some...)
	}
	if len(files) == 0 {
		return nil, usageError{fmt.Errorf("there is no profile in %s: name a file, as in hubscope profile check sea.toml", profileDir())}
	}
	return files, nil
}

func checkProfiles(out io.Writer, files []string) error {
	wrong := 0
	for _, file := range files {
		if !checkProfile(out, file) {
			wrong++
		}
	}
	switch {
	case wrong == 0:
		return nil
	case len(files) == 1:
		return fmt.Errorf("%s has mistakes", files[0])
	default:
		return fmt.Errorf("%d of %d profiles have mistakes", wrong, len(files))
	}
}

func checkProfile(out io.Writer, file string) bool {
	p, err := profile.LoadFile(file)
	if err != nil {
		tellProblems(out, err)
		return false
	}
	if err := tryProfile(p); err != nil {
		var failed *profile.RunError
		if errors.As(err, &failed) {
			fmt.Fprintf(out, "%s:%d:%d: %s: %s\n", safe.Inline(file), failed.Line, failed.Column, failed.What, safe.Inline(failed.Err.Error()))
		} else {
			fmt.Fprintf(out, "%s: %s\n", safe.Inline(file), safe.Inline(err.Error()))
		}
		return false
	}
	fmt.Fprintf(out, "%s: fine, %s\n", safe.Inline(file), counted(len(p.Messages), "kind of message", "kinds of messages"))
	return true
}

// tryProfile makes what a device would: each kind of message several times, and the reported properties.
func tryProfile(p *profile.Profile) error {
	const times = 20
	from := time.Now()
	d := p.NewDevice("device-1", 1)
	if _, err := d.Reported(from); err != nil {
		return err
	}
	for n := range times {
		for kind, k := range p.Messages {
			_, err := d.Next(kind, from.Add(time.Duration(n)*k.Interval))
			if err != nil && !errors.Is(err, profile.ErrNotNow) {
				return err
			}
		}
	}
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
