// Releasegraph: release and deployment management as a graph.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"releasegraph/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Run(ctx, os.Args[1:], cli.System()))
}
