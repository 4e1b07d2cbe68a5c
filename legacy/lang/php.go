package lang

import (
	"encoding/json"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// PHP reads projects of PHP: Laravel, Lumen, Symfony, Drupal, WordPress, Slim and their kin from composer.json and the
// files of their configuration, and plain pages below a document root.
func PHP() scan.Reader {
	return scan.Reader{Name: "php", Wants: wantsPHP, Read: readPHP}
}

func wantsPHP(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".php") || base == "composer.json" || base == "artisan" || phpExample.MatchString(name) || base == "options.json" && strings.HasSuffix(name, buildpackOptions)
}

// phpExample is a file of settings that each machine makes its own of: config.php.dist.
var phpExample = scan.MustCompile(`\.php[.-](?:dist|example|sample|default|template|tmpl|orig)$|(?:^|/)(?:conf|config|etc)/[\w-]+-(?:example|sample|dist)$`)

// phpProject is one directory that a web server serves pages of: one image.
type phpProject struct {
	mounts    map[string]routeMount // where routes are loaded, by directory of source or bundle
	t         *scan.Tree
	r         *scan.Report
	dir       string
	files     []string // its *.php
	examples  []string // of settings that are kept out of the repository
	manifest  string   // composer.json, "" where there is none
	text      string   // of it
	composer  composer
	framework string
	docroot   string // relative to dir
	index     string // the file that says so
	infer     *inference
	dotenv    map[string]variableLine
	sources   []plainSource
}

func readPHP(t *scan.Tree, paths []string, r *scan.Report) {
	dirs := map[string]bool{}
	for _, name := range paths {
		if path.Base(name) == "composer.json" && !strings.Contains("/"+name, "/wp-content/") && !strings.Contains("/"+name, "/modules/") {
			dirs[path.Dir(name)] = true
		}
		if strings.HasSuffix("/"+name, "/"+buildpackOptions) {
			dirs[path.Dir(path.Dir(name))] = true
		}
	}
	for _, name := range firstPages(paths) {
		if owner(dirs, name) != "" {
			continue
		}
		dirs[pagesOf(t, name)] = true
	}
	byDir, examples := map[string][]string{}, map[string][]string{}
	for _, name := range paths {
		switch dir := owner(dirs, name); {
		case dir == "":
		case strings.HasSuffix(name, ".php"):
			byDir[dir] = append(byDir[dir], name)
		case phpExample.MatchString(name) && !t.Has(withoutExample(name)) && (strings.Contains(path.Base(name), ".") || strings.HasPrefix(t.Text(name, r), "<?php")):
			examples[dir] = append(examples[dir], name)
		}
	}
	for _, dir := range sortedSet(dirs) {
		if standIn.MatchString(path.Base(dir)) {
			r.Note(dir, 0, "stands in for another system in tests and development; it was left out")
			continue
		}
		p := &phpProject{t: t, r: r, dir: dir, files: byDir[dir], examples: examples[dir]}
		p.read(nested(dirs, dir))
	}
}

// withoutExample is the file that an example is one of.
func withoutExample(name string) string {
	if !strings.Contains(path.Base(name), ".") { // nor has what is made of it an ending
		return name[:strings.LastIndexByte(name, '-')]
	}
	return phpExample.ReplaceAllString(name, ".php")
}

// nested says whether a directory lies below another project's: what has no manifest of its own is part of that one.
func nested(dirs map[string]bool, dir string) bool {
	return dir != "." && owner(dirs, dir) != ""
}

func (p *phpProject) read(nested bool) {
	if p.manifest = p.first("composer.json"); p.manifest != "" {
		p.text = p.t.Text(p.manifest, p.r)
		if err := json.Unmarshal([]byte(p.text), &p.composer); err != nil {
			p.r.Note(p.manifest, 1, "is no JSON that is understood: %v", err)
		}
	}
	p.findFramework()
	p.findDocroot()
	p.buildpackRoot()
	application := p.composer.Type == "project" && p.framework != "" && !nested
	if p.index == "" && p.first("artisan", "bin/console") == "" && !application || nested && p.index == "" {
		if program, ok := p.ownServer(); ok && !nested {
			p.serveProgram(program)
			return
		}
		if !nested && p.started() {
			p.readSources()
			p.language()
			p.settings()
			return
		}
		if p.manifest != "" && p.composer.Type != "project" && len(p.files) > 0 && p.first(otherManifests[:4]...) == "" && p.first("Procfile", "Dockerfile", "package.json") == "" {
			p.r.Find(scan.Finding{Dir: p.dir, Library: true}, p.manifest, 1, scan.Convention, "a package to install; nothing in it runs")
		}
		return
	}
	if p.besideOther() {
		return
	}
	p.imageAbove()
	p.readSources()
	p.language()
	p.build()
	p.serve()
	p.settings()
	p.workers("")
	p.health()
}

// started says whether something starts code that has no page: an image or a Procfile of its own, of nothing but PHP.
func (p *phpProject) started() bool {
	if p.manifest == "" || p.first(otherManifests[:4]...) != "" || p.first(otherManifests[5:]...) != "" {
		return false
	}
	return p.first("Procfile") != "" || slices.ContainsFunc(p.t.Below(p.dir), func(f string) bool {
		return path.Base(f) == "Dockerfile" && strings.Count(relative(p.dir, f), "/") < 3 && !p.t.Aside(f)
	})
}

// imageAbove reports that the Dockerfile beside the project's directory builds it: it copies that directory.
func (p *phpProject) imageAbove() {
	up, base := path.Dir(p.dir), path.Base(p.dir)
	file := path.Join(up, "Dockerfile")
	if p.dir == "." || p.first("Dockerfile") != "" || !p.t.Has(file) {
		return
	}
	for i, line := range strings.Split(p.t.Text(file, p.r), "\n") {
		words := strings.Fields(line)
		if len(words) < 3 || !strings.EqualFold(words[0], "COPY") && !strings.EqualFold(words[0], "ADD") {
			continue
		}
		for _, source := range words[1 : len(words)-1] {
			if source = strings.TrimPrefix(source, "./"); source == base || strings.HasPrefix(source, base+"/") {
				p.r.Find(scan.Finding{Dir: up, Holds: p.dir}, file, i+1, scan.Declared, "")
				return
			}
		}
	}
}

func (p *phpProject) first(names ...string) string { return p.t.First(p.dir, names...) }

func (p *phpProject) find(s service.Service, file string, line int, rank scan.Rank, note string) {
	p.r.Find(scan.Finding{Dir: p.dir, Service: s}, file, max(line, 1), rank, note)
}

// requires says whether composer.json installs a package for production, and on which line.
func (p *phpProject) requires(names ...string) (line int, ok bool) {
	for _, name := range names {
		if _, ok := p.composer.Require[name]; ok {
			return p.lineOf(name), true
		}
	}
	return 0, false
}

// lineOf is the line of composer.json that names a package.
func (p *phpProject) lineOf(name string) int {
	at := strings.Index(p.text, `"`+name+`"`)
	if at < 0 {
		return 1
	}
	return 1 + strings.Count(p.text[:at], "\n")
}

// phpVersions are the places that say which PHP is wanted, in the order in which they count.
var phpVersions = []versionSource{
	{".php-version", scan.MustCompile(`(?m)^\s*(?:php-)?(\d+\.\d+)`), scan.Declared, ""},
	{".tool-versions", scan.MustCompile(`(?m)^\s*php\s+(\d+\.\d+)`), scan.Declared, ""},
	{"mise.toml", scan.MustCompile(`(?m)^\s*php\s*=\s*"(\d+\.\d+)`), scan.Declared, ""},
	{"composer.json", scan.MustCompile(`"platform"\s*:\s*\{[^{}]*"php"\s*:\s*"(\d+\.\d+)`), scan.Declared, "the platform that it is installed for"},
	{"composer.json", scan.MustCompile(`"require"\s*:\s*\{[^{}]*"php"\s*:\s*"(?:~|=|\^)?\s*(\d+\.\d+)`), scan.Declared, ""},
	{"composer.json", scan.MustCompile(`"require"\s*:\s*\{[^{}]*"php"\s*:\s*"[^\d"]*(\d+\.\d+)`), scan.Convention, "the lowest version that the project allows"},
	{"composer.lock", scan.MustCompile(`"platform"\s*:\s*\{[^{}]*"php"\s*:\s*"[^\d"]*(\d+\.\d+)`), scan.Convention, "the lowest version that the project allows"},
	{".travis.yml", scan.MustCompile(`(?m)^\s*(?:php:\s*|-\s*)\[?["']?(\d\.\d+)(?:\.\d+)?["']?\s*(?:[,\]].*)?$`), scan.Guess, "tests run on it"},
}

func (p *phpProject) language() {
	file := p.index
	if p.manifest != "" {
		file = p.manifest
	} else if file == "" {
		file = p.first("artisan", "bin/console")
	}
	p.find(service.Service{Language: "php"}, file, 1, scan.Declared, "")
	if p.buildpack() != "" {
		return
	}
	for _, src := range phpVersions {
		from := p.first(src.file)
		if from == "" {
			continue
		}
		if m := findSome(p.t.Text(from, p.r), src.re); len(m) > 0 {
			p.find(service.Service{Version: m[0].Groups[1]}, from, m[0].Line, src.rank, src.note)
			return
		}
	}
	for _, s := range p.sources {
		if !hasAny(s.text, "mysql_", "ereg", "split", "set_magic_quotes_runtime") {
			continue
		}
		if line := scan.LineOf(s.text, php5); line > 0 {
			p.find(service.Service{Version: "5.6"}, s.file, line, scan.Guess, "PHP 7 has these functions no more")
			return
		}
	}
}

// php5 are functions that PHP 7 has no more.
var php5 = scan.MustCompile(`\b(mysql_(?:connect|query|select_db|fetch_\w+)|ereg(?:i|_replace)?|split|set_magic_quotes_runtime)\s*\(`)

// build says what is installed, and the extensions that PHP needs for it.
func (p *phpProject) build() {
	if p.manifest != "" {
		b := &service.Build{Tool: "composer", Files: []string{"composer.json"}}
		for _, f := range []string{"composer.lock", "symfony.lock"} {
			if p.first(f) != "" {
				b.Files = append(b.Files, f)
			}
		}
		p.find(service.Service{Build: b}, p.manifest, 1, scan.Declared, "")
		names := make([]string, 0, len(p.composer.Require))
		for name := range p.composer.Require {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			if ext, ok := strings.CutPrefix(name, "ext-"); ok {
				p.extensions(p.manifest, p.lineOf(name), scan.Declared, "", strings.ToLower(ext))
			} else if list := phpExtensions[name]; len(list) > 0 {
				p.extensions(p.manifest, p.lineOf(name), scan.Convention, name+" wants them", list...)
			}
		}
	}
	switch p.framework {
	case "wordpress":
		p.extensions(p.index, 1, scan.Convention, "WordPress wants them", "mysqli", "gd", "exif", "zip", "intl")
	case "drupal":
		p.extensions(p.index, 1, scan.Convention, "Drupal wants them", "pdo_mysql", "gd", "opcache", "zip")
	case "joomla", "mediawiki":
		p.extensions(p.index, 1, scan.Convention, p.framework+" wants them", "mysqli", "gd", "zip", "intl")
	}
	locked := p.lock()
	p.lockedExtensions(locked)
	if p.framework == "laravel" {
		p.developersProviders(locked)
	}
	p.usedExtensions()
	p.frontEnd()
}

func (p *phpProject) extensions(file string, line int, rank scan.Rank, note string, names ...string) {
	var list []string
	for _, n := range names {
		if !builtIn[n] && extensionName.MatchString(n) {
			list = append(list, n)
		}
	}
	if len(list) > 0 {
		p.find(service.Service{Build: &service.Build{Extensions: list}}, file, line, rank, note)
	}
}

var extensionName = scan.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

// extensionCalls lead from what code calls to the extension that has it. A file is looked at where the word is in it.
var extensionCalls = []struct {
	word string
	re   *scan.Pattern
	ext  string
}{
	{"mysqli", scan.MustCompile(`\b(mysqli_\w+\s*\(|new\s+\\?mysqli\s*\()`), "mysqli"}, {"mysql_connect", scan.MustCompile(`\bmysql_connect\s*\(`), "mysql"}, {"pg_", scan.MustCompile(`\bpg_p?connect\s*\(`), "pgsql"},
	{"mysql:", scan.MustCompile(`["']mysql:(host|unix_socket|dbname)=`), "pdo_mysql"}, {"pgsql:", scan.MustCompile(`["']pgsql:(host|dbname)=`), "pdo_pgsql"}, {"imagecreate", scan.MustCompile(`\bimagecreate(truecolor|from\w+)?\s*\(`), "gd"},
	{"Redis", scan.MustCompile(`\bnew\s+\\?Redis\s*\(`), "redis"}, {"Memcached", scan.MustCompile(`\bnew\s+\\?Memcached\s*\(`), "memcached"}, {"SoapClient", scan.MustCompile(`\bnew\s+\\?SoapClient\s*\(`), "soap"}, {"ldap_connect", scan.MustCompile(`\bldap_connect\s*\(`), "ldap"}, {"imap_open", scan.MustCompile(`\bimap_open\s*\(`), "imap"},
	{"IntlDateFormatter", scan.MustCompile(`\bnew\s+\\?IntlDateFormatter\b|\\?IntlDateFormatter::`), "intl"}, {"ZipArchive", scan.MustCompile(`\bnew\s+\\?ZipArchive\b`), "zip"},
}

func (p *phpProject) usedExtensions() {
	seen := map[string]bool{}
	for _, s := range p.sources {
		for _, c := range extensionCalls {
			if seen[c.ext] || !strings.Contains(s.text, c.word) {
				continue
			}
			if line := scan.LineOf(s.text, c.re); line > 0 {
				seen[c.ext] = true
				p.extensions(s.file, line, scan.Convention, "the code calls it", c.ext)
			}
		}
	}
}
