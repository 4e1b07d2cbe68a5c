package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// holdsCode says whether an image gets code of the repository: the directory that it is built from, files with code in
// them, or what something has built before. An image that only gets settings and scripts around a program from elsewhere
// is that program.
func (d *dockerfile) holdsCode(t *scan.Tree, context string) bool {
	if d.base != nil && d.base.holdsCode(t, context) {
		return true
	}
	for _, c := range d.sources {
		s := path.Clean(strings.TrimPrefix(c.value, "/"))
		if settingsOnly.MatchString(s) {
			continue
		}
		if s == "." || strings.ContainsAny(s, "*?$[") || strings.Contains(c.value, "://") {
			return true
		}
		at := path.Join(context, s)
		switch {
		case t.Has(at):
			if codeFile.MatchString(at) {
				return true
			}
		case t.HasDir(at):
			for _, f := range t.Below(at) {
				if codeFile.MatchString(f) {
					return true
				}
			}
		default: // something makes it before the image is built
			return true
		}
	}
	if len(d.sources) == 0 {
		return false
	}
	s := d.start(t)
	if s != nil && (s.passes || len(s.argv) > 0) {
		return false // a script around a program of others
	}
	return !programImage.MatchString(parseImage(d.from.image).path) && d.runsOwn(t)
}

// settingsOnly are all the files of a directory that are settings by their ending.
var settingsOnly = scan.MustCompile(`/\*\.(?:json|ya?ml|conf|cfg|ini|properties|xml|toml|sql)$`)

// programImage are images of programs that teams run as they are, with a script or settings of their own.
var programImage = scan.MustCompile(`(^|/)(keycloak|vault|consul|kong|gitea|nexus3?|superset|metabase|clamav|openldap|mosquitto|eclipse-mosquitto|pgbouncer|rocket\.chat|cloud-sdk|azure-cli|aws-cli|kubectl|helm|terraform)$`)

// runsOwn says whether the image's command is a file that it copies, and that file is all there is of the service.
func (d *dockerfile) runsOwn(t *scan.Tree) bool {
	argv, _ := d.words()
	at := scriptIn(argv)
	return at >= 0 && d.scriptFinder(t)(argv[at]) != ""
}

// codeFile are files that a service is made of, or that say what it is made of.
var codeFile = scan.MustCompile(`(?i)\.(py|js|mjs|cjs|jsx|ts|tsx|rb|php|pl|pm|psgi|java|kt|scala|groovy|clj|go|rs|cs|fs|vb|ex|exs|erl|c|cc|cpp|h|hpp|html?|css|vue|lua|jar|war|cgi|csproj|fsproj|sln|gemspec)$` +
	`|(^|/)(package(-lock|\*)?\.json|yarn\.lock|requirements[\w.-]*\.txt|Pipfile|pyproject\.toml|go\.(mod|sum)|pom\.xml|build\.gradle(\.kts)?|build\.sbt|Gemfile|composer\.(json|lock)|mix\.exs|Cargo\.toml|cpanfile|config\.ru)$`)

var page = scan.MustCompile(`(?i)(^|/)index\.html?$`)

// holdsSite says whether an image gets the pages of a site from the repository, and not just settings and pages of errors.
func (d *dockerfile) holdsSite(t *scan.Tree) bool {
	context := d.builtFrom()
	for _, c := range d.sources {
		at := path.Join(context, path.Clean(strings.TrimPrefix(c.value, "/")))
		if page.MatchString(at) {
			return true
		}
		if at == context && d.dir == "." || strings.ContainsAny(c.value, "*?$[") {
			continue
		}
		for _, f := range t.Below(at) {
			if page.MatchString(f) && (path.Dir(f) == at || strings.Count(f, "/") <= strings.Count(at, "/")+2) {
				return true
			}
		}
	}
	return false
}

// tool says whether the image is a program of others with settings of the repository's.
func (d *dockerfile) tool(t *scan.Tree) bool {
	return t.First(path.Dir(d.file), manifests...) == "" && !d.holdsCode(t, d.builtFrom())
}

// anyCode says whether the repository holds code at all. One that does not is about the images that it builds.
func anyCode(t *scan.Tree) bool {
	for _, p := range t.Files() {
		for _, m := range manifests {
			if strings.HasSuffix(p, m) && path.Base(p) == m && !t.Aside(p) {
				return true
			}
		}
	}
	return false
}

// onlyInstalls says whether an image that is built here takes no more of the repository than the lists of what is installed,
// and scripts that start what is mounted.
func (c *composeReader) onlyInstalls(dockerfile string) bool {
	if !c.t.Has(dockerfile) {
		return false
	}
	d := parseDockerfile(c.t, dockerfile, &scan.Report{})
	if d == nil || d.base != nil || len(d.builders) > 0 || strings.Contains(d.from.image, "onbuild") || len(d.sources) == 0 && languages[parseImage(d.from.image).base] == "" {
		return false
	}
	return !fetchesCode.MatchString(c.t.Text(dockerfile, &scan.Report{})) && !slices.ContainsFunc(d.sources, func(s claim) bool { return !listOfPackages.MatchString(s.value) })
}

var listOfPackages = scan.MustCompile(`(^|/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|(requirements|constraints)[\w.-]*\.txt|requirements/?|Pipfile(\.lock)?|pyproject\.toml|poetry\.lock|Gemfile(\.lock)?\*?|\.ruby-version|\.npmrc|[\w.-]+\.sh|composer\.(json|lock))$`)

// withoutCode says whether an image that is built here holds nothing of the repository's code, where there is some.
func (c *composeReader) withoutCode(dockerfile, context string) bool {
	if !c.t.Has(dockerfile) || !anyCode(c.t) {
		return false
	}
	d := parseDockerfile(c.t, dockerfile, &scan.Report{})
	if d == nil {
		return false
	}
	d.dir = context
	return d.tool(c.t)
}

// startsMounted says whether an image that is built here starts a script of the repository that it takes no copy of.
func (c *composeReader) startsMounted(dockerfile, context string) bool {
	d := parseDockerfile(c.t, dockerfile, &scan.Report{})
	if d == nil {
		return false
	}
	d.dir = context
	return d.startsUncopied(c.t)
}

// mountedInto leads from directories to the language of the image without code that they are mounted into.
func mountedInto(images []*dockerfile) map[string]string {
	languages := map[string]string{}
	for _, d := range images {
		if language, _, _ := parseImage(d.from.image).language(); d.mounted && d.process == "" && language != "" {
			languages[d.dir] = language
		}
	}
	return languages
}

// functionImage are the images that AWS makes for functions, and functionRun starts one in any other.
var functionImage = scan.MustCompile(`(?:^|/)lambda/(?:python|nodejs|ruby|java|dotnet|go|provided)\b|(?:^|/)aws-lambda-\w+`)
var functionRun = scan.MustCompile(`\b(?:awslambdaric|aws-lambda-ric|aws_lambda_ric)\b`)
