package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// toDevelopIn says whether the image holds no code, though it is there to run some: people mount the code when they run it.
func (d *dockerfile) toDevelopIn(t *scan.Tree) bool {
	if d.mounted || d.base != nil || len(d.builders) > 0 || strings.Contains(d.from.image, "onbuild") || t.First(d.builtFrom(), manifests...) == "" {
		return false
	}
	if len(d.sources) > 0 {
		return d.onlyInstalls(t)
	}
	argv, _ := d.words()
	if distributions[parseImage(d.from.image).base] {
		return len(argv) > 0 && bareShell.MatchString(shown(argv))
	}
	if languages[parseImage(d.from.image).base] == "" {
		return false
	}
	at := scriptIn(argv)
	return at >= 0 && !path.IsAbs(argv[at]) && t.Has(path.Join(d.builtFrom(), argv[at]))
}

// distributions are images of a bare system, into which people install what they develop with.
var distributions = map[string]bool{"ubuntu": true, "debian": true, "centos": true, "fedora": true, "alpine": true}

var (
	// namesPackages are the files by which the packages of a language without a compiler are installed, and nothing else.
	namesPackages = scan.MustCompile(`^(?:Gemfile[\w.*]*|\.ruby-version|package[\w.*-]*\.json|package\*|yarn\.lock|npm-shrinkwrap\.json|pnpm-lock\.yaml|\.npmrc|\.nvmrc|\.yarnrc|requirements[\w.*-]*\.txt|Pipfile[\w.*]*|poetry\.lock|composer\.[\w*]+|cpanfile[\w.*]*)$`)
	// aroundPackages are scripts and keys that the installation of packages and the start take.
	aroundPackages = scan.MustCompile(`(?i)\.(?:sh|key|gpg|asc|pem|list)$`)
	// fetchesCode is a step that brings code from elsewhere.
	fetchesCode = scan.MustCompile(`(?m)^[^#\n]*\b(?:git\s+clone|svn\s+(?:co|checkout))\b`)
)

// onlyInstalls says whether the image takes nothing but files that name packages, and installs these: the code that they
// are for is mounted.
func (d *dockerfile) onlyInstalls(t *scan.Tree) bool {
	packages := false
	for _, c := range d.sources {
		name := path.Base(path.Clean(c.value))
		packages = packages || namesPackages.MatchString(name)
		if !namesPackages.MatchString(name) && !aroundPackages.MatchString(name) || strings.Contains(c.value, "://") {
			return false
		}
	}
	return packages && !fetchesCode.MatchString(t.Text(d.file, &scan.Report{}))
}
