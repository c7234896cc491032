// Command hubscope is a terminal explorer for Azure IoT Hub with a local hub of
// its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"hubscope/ui/cli"
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version = "development"

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.ExitCode(os.Stderr, cli.Root(version).ExecuteContext(ctx))
}
