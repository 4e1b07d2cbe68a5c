package cli

import "github.com/spf13/cobra"

// commands is every command below migrate, in the order of a migration.
func commands(s Streams) []*cobra.Command {
	return []*cobra.Command{
		newInit(s),
		newGenerate(s),
		newAdd(s),
		newAdopt(s),
		newExplain(s),
		newInspect(s),
		newStatus(s),
		newBridge(s),
		newKube(s),
		newSecrets(s),
		newPerf(s),
		newSmoke(s),
		newVersion(s),
	}
}
