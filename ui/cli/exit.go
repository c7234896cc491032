package cli

import (
	"errors"
	"fmt"
	"io"

	"hubscope/hub"
)

const (
	exitFailure = 1
	exitUsage   = 2
)

// usageError is a command line that cannot be followed; exit code 2.
type usageError struct{ error }

// ended carries the exit code of a supervised screen, which has said all itself.
type ended int

func (e ended) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// ExitCode says on out why a command ended with err, in a sentence, and gives
// the exit code: 0 for none, 1 for a failure, 2 for wrong use.
func ExitCode(out io.Writer, err error) int {
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
	fmt.Fprintln(out, "hubscope: "+sentence)
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailure
}
