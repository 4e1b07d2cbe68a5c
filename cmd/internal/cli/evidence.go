package cli

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/legacy"
)

// evidence is what is read beside the repository itself.
type evidence struct {
	ops []string
}

func (e *evidence) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&e.ops, "ops", nil, "directory of operations code that is kept elsewhere: Puppet, Ansible, Nagios ... (repeatable)")
}

// openOps opens the directories of operations code, for reading only. The caller closes them, also after an error.
func (e *evidence) openOps() (roots []legacy.Root, closeAll func(), err error) {
	var open []*os.Root
	closeAll = func() {
		for _, root := range open {
			root.Close()
		}
	}
	for _, dir := range e.ops {
		full, err := filepath.Abs(dir)
		if err != nil {
			return nil, closeAll, err
		}
		root, err := os.OpenRoot(full)
		if err != nil {
			return nil, closeAll, usage("--ops %s: %w; give a directory of operations code", dir, errors.Unwrap(err))
		}
		open = append(open, root)
		roots = append(roots, legacy.Root{Name: filepath.Base(full), FS: root.FS()})
	}
	return roots, closeAll, nil
}
