package ops

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// withGroup is a command that installs a group of a project's dependencies beside those that it always has.
	withGroup = scan.MustCompile(`\b(?:uv|poetry|pdm|pip)\b[^;&|\n]*?\s(?:--(?:group|extra|with|only-group)[ =]|(?:-e\s+)?\.\[)([\w,-]+)`)
	// pipRequirement is a package as pip is asked for it, with a version perhaps.
	pipRequirement = scan.MustCompile(`^[A-Za-z][\w.-]*(\[[\w,-]+\])?([=<>~!]=?[\w.*]+(,[=<>~!]=?[\w.*]+)*)?$`)
	// pipTools install, or keep processes running.
	pipTools = scan.MustCompile(`(?i)^(pip|setuptools|wheel|virtualenv|virtualenvwrapper|distribute|uv|poetry|pipenv|supervisor|ansible|awscli|docker(-compose)?|httplib2|boto3?|botocore|passlib|certbot.*)$`)
)

// library takes over the packages that operations put into the service's own virtual environment and that the repository does
// not name, or names without a version that they have one for. It gives those that are left.
func (g *meaning) library(m *managed, names []string) []string {
	if provider := lastSegment(m.attr("provider").plain()); provider != "pip" && provider != "python" && lastSegment(m.kind) != "pip" || g.environment != "" || g.t.First(".", "setup.py", "pyproject.toml", "requirements.txt", "Pipfile", "manage.py") == "" {
		return names
	}
	own := m.attr("virtualenv", "bin_env").plain()
	given := m.attr("name", "pkgs", "package", "package_name")
	if own == "" || own == "system" || given.kind != valueUndef && len(given.texts()) == 0 || given.kind == valueUndef && m.attr("requirements").kind != valueUndef {
		return names
	}
	version := m.attr("version").plain()
	if version == "" {
		version = strings.TrimLeft(m.attr("ensure").plain(), "=")
	}
	var install, left []string
	for _, name := range names {
		name, _, _ = strings.Cut(name, " #")
		base, _, _ := strings.Cut(dependencyRest.ReplaceAllString(name, " "), " ")
		if name == base && len(names) == 1 && pinnedVersion.MatchString(version) {
			name += "==" + version
		}
		if !pipRequirement.MatchString(name) || pipTools.MatchString(base) || g.lists(name) && (!strings.Contains(name, "==") || g.bounds(base)) {
			left = append(left, name)
			continue
		}
		install = append(install, name)
	}
	if len(install) == 0 {
		return left
	}
	f := m.finding()
	f.About = append(f.About, placesIn(own+"/x")...)
	f.Service = service.Service{Build: &service.Build{Install: install}}
	g.claim(m, f, m.attr("name", "package"), "library "+strings.Join(install, " "), scan.Declared, "for the virtual environment "+own)
	return left
}

// bounds says whether the repository's own lists say which versions of a package will do.
func (g *meaning) bounds(name string) bool {
	bounded := regexp.MustCompile(`(?i)(^|[^\w.-])` + regexp.QuoteMeta(name) + `(\[[\w, -]*\])?["']?\s*[=:]?\s*["'{]?\s*(version\s*=\s*["'])?[<>=~!^]`)
	for _, file := range g.t.Files() {
		if dependencyFile.MatchString(file) && strings.Count(file, "/") <= 3 {
			if data, _ := g.t.Read(file); bounded.Match(data) {
				return true
			}
		}
	}
	return false
}

var pinnedVersion = scan.MustCompile(`^\d+(\.\w+)+$`)

// groups takes over the groups of dependencies that operations install with the service.
func (g *meaning) groups(m *managed, run managedValue) bool {
	var install []string
	for _, with := range withGroup.FindAllStringSubmatch(run.text, 10) {
		for _, name := range strings.Split(with[1], ",") {
			for _, requirement := range g.groupOf(name) {
				if !slices.Contains(install, requirement) {
					install = append(install, requirement)
				}
			}
		}
	}
	if len(install) == 0 || g.environment != "" {
		return false
	}
	f := m.finding()
	f.About = append(f.About, placesIn(m.attr("cwd").plain()+"/x")...)
	f.Service = service.Service{Build: &service.Build{Install: install}}
	g.claim(m, f, run, "group "+strings.Join(install, " "), scan.Declared, "a group of pyproject.toml that is installed on the machine")
	return true
}

// groupOf are the requirements of a group in pyproject.toml, as far as they are plain; those of developers are none.
func (g *meaning) groupOf(name string) []string {
	if developersGroup.MatchString(name) {
		return nil
	}
	data, err := g.t.Read("pyproject.toml")
	if err != nil {
		return nil
	}
	doc, err := tomlDocument(string(data))
	if err != nil {
		return nil
	}
	var found []string
	for _, list := range []*yaml.Node{at(doc, "dependency-groups", name), at(doc, "project", "optional-dependencies", name)} {
		for _, item := range items(list) {
			requirement, _, _ := strings.Cut(scalar(item), ";")
			if requirement = blanks.ReplaceAllString(requirement, ""); pipRequirement.MatchString(requirement) {
				found = append(found, requirement)
			}
		}
	}
	return found
}

var blanks = scan.MustCompile(`\s+`)

// systemModule is a package of the distribution with a module of Python's.
var systemModule = scan.MustCompile(`^python[\d.]*-([a-z][\w.-]+)$`)

// systemModules takes over a module of the distribution's that the service's virtual environment sees, and that the code knows.
func (g *meaning) systemModules(m *managed, names []string) bool {
	_, module := classAround(m)
	if !g.seesSystem[module] || g.environment != "" {
		return false
	}
	var install []string
	for _, name := range names {
		parts := systemModule.FindStringSubmatch(name)
		if parts == nil || pipTools.MatchString(parts[1]) || !g.lists(parts[1]) {
			return false
		}
		install = append(install, parts[1])
	}
	f := m.finding()
	f.Service = service.Service{Build: &service.Build{Install: install}}
	g.claim(m, f, managedValue{}, "library "+strings.Join(install, " "), scan.Declared, "the virtual environment sees the system's "+strings.Join(names, ", "))
	return len(install) > 0
}

// environments remembers which modules of operations code make a virtual environment that sees the system's packages.
func (g *meaning) environments(all []*managed) {
	g.seesSystem = map[string]bool{}
	for _, m := range all {
		if site := m.attr("virtualenv_site_packages", "systempkgs", "system_site_packages").plain(); strings.Contains(m.attr("command").text, "--system-site-packages") || site == "true" || site == "yes" {
			_, module := classAround(m)
			g.seesSystem[module] = true
		}
	}
}
