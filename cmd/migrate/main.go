// Command migrate takes a legacy service to Kubernetes; see migrate --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/migrate-to-kubernetes/migrate/cmd/internal/cli"
	_ "github.com/migrate-to-kubernetes/migrate/cmd/internal/shortrun" // before all others: see there
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := cli.Run(ctx, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}
