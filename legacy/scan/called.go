package scan

import (
	"path"
	"strings"
)

// Called is the name by which people know the code of a directory: that of the directory above where its own only says that
// code is in it.
func Called(dir string) string {
	switch strings.ToLower(path.Base(dir)) {
	case "src", "source", "sources":
		if up := path.Dir(dir); up != "." && up != "/" {
			return path.Base(up)
		}
	}
	return path.Base(dir)
}
