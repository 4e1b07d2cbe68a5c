// Command migrate-sidecar answers for the health, metrics and info of a service that can't be changed, from the same pod.
// Every flag can also be given in the environment: --target-url is SIDECAR_TARGET_URL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/sidecar"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: it returns 0 after a stop that was asked for, 1 after a failure and 2 after wrong usage.
func run(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) int {
	cfg := sidecar.Config{SidecarVersion: migrate.Version}
	listen := ""
	flags := flag.NewFlagSet("migrate-sidecar", flag.ContinueOnError)
	flags.SetOutput(stderr)
	for _, f := range []struct {
		to                     *string
		name, otherwise, usage string
	}{
		{&listen, "listen", ":9102", "address to answer on"},
		{&cfg.Target, "target", "", "address of the service, such as 127.0.0.1:8000: ready where it takes a connection"},
		{&cfg.TargetURL, "target-url", "", "URL of the service, such as http://127.0.0.1:8000/users: ready where it answers below 500"},
		{&cfg.Name, "name", "", "name of the service"},
		{&cfg.Version, "version", "", "version of the service"},
		{&cfg.Commit, "commit", "", "commit of the service"},
		{&cfg.Image, "image", "", "image of the service"},
	} {
		variable := "SIDECAR_" + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
		if v := getenv(variable); v != "" {
			f.otherwise = v
		}
		flags.StringVar(f.to, f.name, f.otherwise, f.usage+" ($"+variable+")")
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "migrate-sidecar: %q is no flag; see --help\n", flags.Arg(0))
		return 2
	}
	s, err := sidecar.New(cfg)
	if err != nil {
		fmt.Fprintf(stderr, "migrate-sidecar: %v\n", err)
		return 2
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		fmt.Fprintf(stderr, "migrate-sidecar: %v\n", err)
		return 1
	}
	fmt.Fprintf(stderr, "migrate-sidecar %s: answering on %s\n", migrate.Version, l.Addr())
	if err := s.Serve(ctx, l); err != nil {
		fmt.Fprintf(stderr, "migrate-sidecar: %v\n", err)
		return 1
	}
	return 0
}
