package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate"
)

func newVersion(s Streams) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the toolkit",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if out.json() {
				return printJSON(s.Out, map[string]string{"version": migrate.Version, "go": runtime.Version()})
			}
			_, err := fmt.Fprintf(s.Out, "migrate %s\n", migrate.Version)
			return err
		},
	}
	out.add(cmd)
	return cmd
}
