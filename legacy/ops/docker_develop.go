package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// toDevelopIn says why the image is there to develop in, "" where it is not: it starts a console, or it holds no code, though
// it is there to run some, and people mount the code when they run it.
func (d *dockerfile) toDevelopIn(t *scan.Tree) string {
	if d.mounted || d.base != nil || len(d.builders) > 0 || strings.Contains(d.from.image, "onbuild") || t.First(d.builtFrom(), manifests...) == "" {
		return ""
	}
	argv, _ := d.words()
	switch {
	case len(argv) > 0 && path.Base(argv[0]) == "iex":
		return "starts a console of Elixir's"
	case d.holdsNoCode(t, argv):
		return "takes no code of the repository into the image"
	}
	return ""
}

// developersLanguage is reportLanguage for an image to develop in: a file of the repository that names a version goes before.
func (d *dockerfile) developersLanguage(t *scan.Tree, r *scan.Report) {
	before := len(r.Findings)
	d.reportLanguage(t, r)
	for _, f := range r.Findings[before:] {
		if version := f.Service.Version; version != "" && f.Evidence.Rank > scan.Convention {
			r.Findings[before].Service.Version = ""
			r.Find(d.finding(service.Service{Version: version}), f.Evidence.File, f.Evidence.Line, scan.Convention, f.Evidence.Note)
		}
		before++
	}
}

func (d *dockerfile) holdsNoCode(t *scan.Tree, argv []string) bool {
	if len(d.sources) > 0 {
		return d.onlyInstalls(t) || d.startsUncopied(t)
	}
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

// startsUncopied says whether the image starts a script of the repository, by its place in the directory that it starts in,
// that it takes no copy of: people mount that directory.
func (d *dockerfile) startsUncopied(t *scan.Tree) bool {
	argv, _ := d.words()
	at := scriptIn(argv)
	if at < 0 || path.IsAbs(argv[at]) || d.workdir == "" || d.renamed[path.Base(argv[at])] != "" || fetchesCode.MatchString(t.Text(d.file, &scan.Report{})) {
		return false
	}
	file := d.placedAs(t, argv[at])
	if file == "" || len(d.sources) == 0 || len(d.builders) > 0 { // a stage before may have taken the copy
		return false
	}
	for _, c := range d.sources {
		from := path.Join(d.builtFrom(), path.Clean(strings.TrimPrefix(c.value, "/")))
		if from == "." || from == file || strings.HasPrefix(file, from+"/") || strings.ContainsAny(c.value, "*$") || strings.Contains(c.value, "://") || path.Base(from) == path.Base(file) {
			return false
		}
	}
	return true
}

// installsFirst says whether the image starts a script of the repository that installs libraries into the source, which is
// mounted into it.
func (d *dockerfile) installsFirst(t *scan.Tree, argv []string) bool {
	at := scriptIn(argv)
	if at < 0 {
		return false
	}
	file := d.scriptFinder(t)(argv[at])
	return file != "" && installs.MatchString(t.Text(file, &scan.Report{}))
}

// placedAs is the file of the repository that a path from the directory in which the image starts stands for, by the end of
// that directory's own path: scripts/run in /usr/src/app/shop is shop/scripts/run. It is "" for none.
func (d *dockerfile) placedAs(t *scan.Tree, word string) string {
	for rest, more := strings.Trim(path.Clean(d.workdir), "/"), true; more && rest != ""; _, rest, more = strings.Cut(rest, "/") {
		if at := path.Join(d.builtFrom(), rest, word); t.Has(at) {
			return at
		}
	}
	return ""
}

// servesDevelopers says whether the image starts a server that only developers run.
func (d *dockerfile) servesDevelopers(t *scan.Tree) bool {
	argv, _ := d.words()
	return len(argv) > 0 && (forDevelopment(argv) || d.startsForDevelopers(t, argv))
}

// beforeDevelopers is the one of two Dockerfiles that stands before the other since that one serves developers: where compose
// builds one of them, and what is left serves, too, or is the one that compose builds. nil where neither does.
func beforeDevelopers(t *scan.Tree, a, b *dockerfile) *dockerfile {
	if a.declared == b.declared || a.servesDevelopers(t) == b.servesDevelopers(t) {
		return nil
	}
	if a.servesDevelopers(t) {
		a = b
	}
	argv, _ := a.words()
	if line := shown(argv); a.declared || (serverLine.MatchString(line) || speaksHTTP.MatchString(line) || serves.MatchString(line)) && !works.MatchString(line) {
		return a
	}
	return nil // a worker, or what migrates
}
