package cli

import (
	"io"
	"os"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// gitConfig is where git keeps the address of the repository that this one was cloned from.
const gitConfig = ".git/config"

var (
	originSection = pattern.MustCompile(`^\s*\[\s*remote\s+"origin"\s*\]`)
	originURL     = pattern.MustCompile(`^\s*url\s*=\s*\S*?([\w.-]+?)(?:\.git)?/?\s*$`)
)

// origin is what the repository is called where it was cloned from: directories are renamed, and repositories are known by
// that name to operations. It is the zero value where that can't be told.
func origin(root *os.Root) legacy.Origin {
	f, err := root.Open(gitConfig)
	if err != nil {
		return legacy.Origin{}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return legacy.Origin{}
	}
	inside := false
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "[") {
			inside = originSection.MatchString(line)
		} else if m := originURL.FindStringSubmatch(line); inside && m != nil {
			return legacy.Origin{Name: m[1], File: gitConfig, Line: i + 1}
		}
	}
	return legacy.Origin{}
}
