package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// frameworkPrefix begins the version of a project for the old .NET Framework, which runs on Windows only.
const frameworkPrefix = ".NET Framework "

type dotnetVersion struct {
	text string
	file string
	line int
	rank scan.Rank
	why  string
}

var (
	targetFramework  = scan.MustCompile(`(?i)<TargetFrameworks?>\s*([^<]+?)\s*<`)
	projectImport    = scan.MustCompile(`<Import\s[^>]*?Project="(?:\$\(MSBuildThisFileDirectory\))?([\w./\\ -]+\.(?:props|csproj|targets))"`)
	targetVersion    = scan.MustCompile(`(?i)<TargetFrameworkVersion>\s*v([\d.]+)\s*<`)
	targetMoniker    = scan.MustCompile(`(?i)^(netcoreapp|net)(\d+(?:\.\d+)*)`)
	globalSDKVersion = scan.MustCompile(`"version"\s*:\s*"(\d+\.\d+)`)
)

// target is the version that the project is built for: its own, or that of the properties above it.
func (m *dotnetModule) target() dotnetVersion {
	return dotnetTarget(m.file, m.text)
}

func dotnetTarget(file, text string) dotnetVersion {
	for _, found := range scan.Find(text, targetFramework) {
		if v := newestTarget(found.Groups[1]); v != "" {
			return dotnetVersion{text: v, file: file, line: found.Line, rank: scan.Declared}
		}
	}
	for _, found := range scan.Find(text, targetVersion) {
		return dotnetVersion{text: frameworkPrefix + found.Groups[1], file: file, line: found.Line, rank: scan.Declared}
	}
	return dotnetVersion{}
}

// newestTarget chooses among the frameworks that a project is built for: a version that runs on Linux before one that
// doesn't, and the newest of those.
func newestTarget(list string) string {
	best, old := "", ""
	for _, moniker := range strings.Split(list, ";") {
		m := targetMoniker.FindStringSubmatch(strings.TrimSpace(moniker))
		switch {
		case m == nil:
		case strings.EqualFold(m[1], "net") && len(m[2]) == 1 && m[2] >= "5":
			if m[2] += ".0"; best == "" || versionLess(best, m[2]) { // net8 is net8.0
				best = m[2]
			}
		case strings.EqualFold(m[1], "net") && !strings.Contains(m[2], "."):
			old = frameworkPrefix + strings.Join(strings.Split(m[2], ""), ".") // net472
		case best == "" || versionLess(best, m[2]):
			best = m[2]
		}
	}
	if best == "" {
		return old
	}
	return best
}

// versionLess compares numbers with dots.
func versionLess(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < len(as) && i < len(bs); i++ {
		if len(as[i]) != len(bs[i]) {
			return len(as[i]) < len(bs[i])
		}
		if as[i] != bs[i] {
			return as[i] < bs[i]
		}
	}
	return len(as) < len(bs)
}

// version looks above the project where it says nothing itself, and then to the SDK that the repository asks for.
func (d *dotnetService) version() dotnetVersion {
	if d.at.text != "" {
		return d.at
	}
	for _, m := range scan.Find(d.text, projectImport) { // of properties that several projects share
		if p := path.Join(d.dotnetModule.dir, strings.ReplaceAll(m.Groups[1], `\`, "/")); d.t.Has(p) {
			if v := dotnetTarget(p, withoutComments(d.t.Text(p, d.r))); v.text != "" {
				return v
			}
		}
	}
	for _, name := range []string{"Directory.Build.props", "Directory.Packages.props", "global.json"} {
		for dir := d.dotnetModule.dir; ; dir = path.Dir(dir) {
			if p := path.Join(dir, name); d.t.Has(p) {
				text := d.t.Text(p, d.r)
				if v := dotnetTarget(p, text); v.text != "" {
					return v
				}
				for _, m := range scan.Find(text, globalSDKVersion) {
					if name == "global.json" {
						return dotnetVersion{m.Groups[1], p, m.Line, scan.Convention, "the SDK that builds it"}
					}
				}
			}
			if dir == "." {
				break
			}
		}
	}
	return dotnetVersion{}
}
