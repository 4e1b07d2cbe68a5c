//go:build !unix

package cli

import (
	"io/fs"
	"os"
)

func treeOf(root *os.Root) fs.FS { return root.FS() }
