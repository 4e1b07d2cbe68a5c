package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// renamedPackage is what Debian calls a program that services call while they run, where machines had it by another name;
// "" for all others.
func renamedPackage(name string) string {
	for _, p := range renamedPackages {
		if p.name.MatchString(name) {
			return p.is
		}
	}
	return ""
}

var renamedPackages = []struct {
	name *scan.Pattern
	is   string
}{
	{scan.MustCompile(`^(google-chrome(-stable)?|chromium(-browser)?)$`), "chromium"},
	{scan.MustCompile(`^(chromedriver|chromium-(chrome)?driver)$`), "chromium-driver"},
	{scan.MustCompile(`^(default-)?(mysql|mariadb)-client(-core)?(-[\d.]+)?$`), "default-mysql-client"},
	{scan.MustCompile(`^postgresql-client(-[\d.]+)?$`), "postgresql-client"},
	{scan.MustCompile(`^ImageMagick$`), "imagemagick"},
}

// ordinaryPackage says of a package why no image asks for it by its name; "" where that isn't known.
func ordinaryPackage(name string) (says string, job service.Job) {
	switch {
	case calledTool.MatchString(name):
		return "", ""
	case machinePackage.MatchString(name):
		return "packages for the work of the machine itself: neither the image nor the cluster needs them", service.JobPackages
	case languageOf(name) != "":
		return "packages with the runtime and tools of a language: the image has those of the service's own; others that it calls go to build.runtime in " + service.FileName, service.JobPackages
	case languageModule.MatchString(name):
		return "", ""
	case libraryPackage.MatchString(name) || buildPackage.MatchString(name):
		return "packages to build with; those that the service's dependencies need are in build.packages of " + service.FileName, ""
	}
	return "", ""
}

// languageOf is the language that a package holds the runtime of, or what installs its packages; "" for all others.
func languageOf(name string) string {
	for _, r := range languageRuntimes {
		if r.names.MatchString(name) {
			return r.language
		}
	}
	return ""
}

var languageRuntimes = []struct {
	language string
	names    *scan.Pattern
}{
	{"node", scan.MustCompile(`^(nodejs|node|npm|yarn)$`)},
	{"ruby", scan.MustCompile(`^(ruby[\d.]*|ruby-(build|full|bundler)|rbenv|rubygems|rake|bundler)$`)},
	{"python", scan.MustCompile(`^(python[\d.]*|python-is-python3|python3?-(pip|venv|virtualenv|setuptools|wheel)|virtualenv)$`)},
	{"rust", scan.MustCompile(`^(rustc|cargo|rustup)$`)},
	{"go", scan.MustCompile(`^golang(-.*)?$`)},
	{"java", scan.MustCompile(`^(openjdk-.*|java-.*|default-(jre|jdk)(-headless)?|maven|ant|gradle)$`)},
	{"erlang", scan.MustCompile(`^erlang.*$`)},
	{"elixir", scan.MustCompile(`^elixir$`)},
	{"perl", scan.MustCompile(`^(perl|cpanminus|carton)$`)},
	{"php", scan.MustCompile(`^(php[\d.]*(-(cli|fpm|common))?|composer)$`)},
}

var (
	// calledTool are programs and files that services may call or read, and that not every image has.
	calledTool = scan.MustCompile(`^(git(-core)?|mercurial|subversion|curl|wget|tzdata|ca-certificates|locales|language-pack-.*|gnupg2?|awscli|nfs-common|openssh-client)$`)
	// machinePackage are servers beside the service, and what people and configuration management work with.
	machinePackage = scan.MustCompile(`^(acl|attr|sudo|vim([-.].*)?|nano|emacs.*|less|htop|iotop|tmux|screen|strace|lsof|tree|telnet|dnsutils|bind-utils|net-tools|iputils-.*|ntp|ntpdate|chrony|cron|cronie|anacron|at|openssh-.*|rsyslog|logrotate|unattended-upgrades|apt-.*|software-properties-common|python[\d.]*-(apt|software-properties)|debconf-utils|lsb-release|dirmngr|certbot|python3?-certbot.*|letsencrypt|nginx(-.*)?|libnginx-mod-.*|apache2?(-.*)?|httpd|mod_.*|libapache2-mod-.*|haproxy|varnish|supervisor|monit|runit|nagios.*|icinga.*|nrpe|munin.*|collectd.*|telegraf|filebeat|fail2ban|ufw|iptables(-.*)?|firewalld|open-vm-tools|policycoreutils.*|libselinux-python3?|python[\d.]*-(libselinux|psycopg2|mysqldb|pymysql|boto3?|docker|passlib)|lvm2|puppet.*|chef|salt-.*|ansible)$`)
	// languageModule are modules of a language, which the code itself asks for.
	languageModule = scan.MustCompile(`^lib.+-(perl|ruby[\d.]*|java|php|lua)$`)
	// libraryPackage are libraries, whose names change with each release of Debian.
	libraryPackage = scan.MustCompile(`^lib[a-z0-9+.-]+$`)
)

// packageResource takes over the Debian packages that a running service calls; all others are notes.
func (g *meaning) packageResource(m *managed) bool {
	if by := languagePackage.FindStringSubmatch(m.kind); by != nil && m.attr("provider").kind == valueUndef {
		m.set("provider", textValue(by[1], "", 0))
	}
	names := m.attr("package_name", "pkgs", "name", "package").texts()
	if len(names) == 0 {
		names = []string{m.title}
	}
	if g.environment != "" {
		return true
	}
	if names = g.library(m, names); len(names) == 0 || g.systemModules(m, names) {
		return true
	}
	for _, name := range names {
		provider := m.attr("provider").plain()
		language, version := runtimeOf(name, m.attr("version", "ensure").plain())
		g.runtime(m, language, version, managedValue{}, "package "+name)
		if modern := renamedPackage(name); modern != "" && (provider == "" || provider == "apt" || provider == "yum" || provider == "dnf") {
			f := m.finding()
			f.Service = service.Service{Build: &service.Build{Runtime: []string{modern}}}
			g.claim(m, f, managedValue{}, "package "+modern, scan.Declared, "package "+name)
			continue
		}
		if runtimePackage.MatchString(name) && (provider == "" || provider == "apt") {
			f := m.finding()
			f.Service = service.Service{Build: &service.Build{Runtime: []string{name}}}
			g.claim(m, f, managedValue{}, "package "+name, scan.Declared, "package "+name)
			continue
		}
		if (provider == "" || provider == "apt") && (g.headers(m, name) || g.storePackage(m, name)) {
			continue
		}
		job := service.Job("")
		group := "packages of the old machine; one that the service calls goes to build.runtime in " + service.FileName
		if buildPackage.MatchString(name) {
			group = "packages to build with; those that the service's dependencies need are in build.packages of " + service.FileName
		}
		if provider == "" || provider == "apt" || provider == "yum" || provider == "dnf" {
			if says, by := ordinaryPackage(name); says != "" {
				group, job = says, by
			}
		} else {
			group = "packages by " + provider
			if g.lists(name) {
				group, job = "packages that the repository lists: the image installs them", service.JobCode
			}
		}
		g.keep(m, job, group, name, m.file, m.line)
		if job == service.JobPackages && g.environment == "" {
			g.r.Notes[len(g.r.Notes)-1].Language = languageOf(name)
		}
	}
	return true
}

// lists says whether the repository's own lists of dependencies name a package.
func (g *meaning) lists(name string) bool {
	name, _, _ = strings.Cut(dependencyRest.ReplaceAllString(path.Base(name), " "), " ")
	if len(name) < 2 {
		return false
	}
	if g.dependencies == nil {
		g.dependencies = map[string]bool{}
		for _, file := range g.t.Files() {
			if dependencyFile.MatchString(file) && strings.Count(file, "/") <= 3 {
				data, _ := g.t.Read(file)
				for _, word := range dependencyName.FindAllString(string(data), -1) {
					g.dependencies[strings.ToLower(word)] = true
				}
			}
		}
	}
	return g.dependencies[strings.ToLower(name)]
}

var (
	dependencyRest = scan.MustCompile(`(\.git)?[=<>~!@\[#].*$|\.git$`)
	dependencyFile = scan.MustCompile(`(^|/)([\w-]*requirements[\w-]*(/[\w-]+)?\.(txt|in)|setup\.(py|cfg)|pyproject\.toml|Pipfile|Gemfile|[\w-]+\.gemspec|package\.json|cpanfile|Makefile\.PL|composer\.json)$`)
	dependencyName = scan.MustCompile(`[A-Za-z][\w.-]*\w`)
)

// languagePackage are resources that install a package of a language.
var languagePackage = scan.MustCompile(`^(gem|python|pip|npm|nodejs|cpan|pear|pecl|go|cargo)(_package|_npm|_module|_install)$`)

// buildPackage are packages with headers and compilers.
var buildPackage = scan.MustCompile(`-(dev|devel)$|^(build-essential|gcc|g\+\+|make|cmake|autoconf|automake|libtool|pkg-config|gettext|(python[\d.]*|ruby[\d.]*)-(dev|distutils|setuptools|pip|virtualenv|venv)|virtualenv|bundler)$`)

// runtimePackage are programs and files that services call or read while they run, by names that Debian still has. Servers,
// runtimes, tools of the machine and libraries whose names change with each release are none of them.
var runtimePackage = scan.MustCompile(`^(imagemagick|graphicsmagick|ghostscript|poppler-utils|wkhtmltopdf|ffmpeg|graphviz|tesseract-ocr(-[a-z]{3})?|unoconv|libreoffice(-[a-z]+)?|pandoc|texlive(-[a-z-]+)?|fonts-[a-z0-9-]+|` +
	`exiftool|libimage-exiftool-perl|optipng|jpegoptim|pngquant|gifsicle|librsvg2-bin|antiword|catdoc|unrtf|xpdf|qpdf|pdftk|mupdf-tools|libjpeg-turbo-progs|webp|inkscape|xvfb|gnuplot|aspell(-[a-z]+)?|hunspell(-[a-z-]+)?|mecab|pngcrush|advancecomp|jhead|mediainfo|libjemalloc2|p7zip-full|sox|lame|zbar-tools|qrencode|dcraw|libvips-tools|clamav|clamdscan)$`)
