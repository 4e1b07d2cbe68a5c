package cli

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/legacy/host"
)

// evidence is what is read beside the repository itself.
type evidence struct {
	ops   []string
	hosts []string
}

func (e *evidence) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&e.ops, "ops", nil, "directory of operations code that is kept elsewhere: Puppet, Ansible, Nagios ... (repeatable)")
	cmd.Flags().StringArrayVar(&e.hosts, "host", nil, "snapshot of a host that runs the service today, taken there by migrate inspect (repeatable: all hosts of the service)")
}

// snapshots reads the snapshots of hosts. Two of one name are told apart in evidence by their directories.
func (e *evidence) snapshots() ([]*host.Loaded, error) {
	var hosts []*host.Loaded
	named := map[string]bool{}
	for _, file := range e.hosts {
		loaded, err := loadHost(file)
		if err != nil {
			return nil, err
		}
		if named[loaded.File] {
			loaded.File = filepath.ToSlash(filepath.Clean(file))
		}
		named[loaded.File] = true
		hosts = append(hosts, loaded)
	}
	return hosts, nil
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
		roots = append(roots, legacy.Root{Name: filepath.Base(full), FS: treeOf(root)})
	}
	return roots, closeAll, nil
}
