package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// calledLanguage is an image whose name holds the language with its version: nodejs-16, python-36-centos7, node-18-alpine,
// python3-bookworm.
var calledLanguage = scan.MustCompile(`^(python|nodejs|node|ruby|php|perl|golang|openjdk)-?(\d{1,3})(?:-([\w.-]+))?$`)

// called is the language that an image is called after, and its version: "" where its name speaks of none.
func (i image) called() (language, version string) {
	m := calledLanguage.FindStringSubmatch(i.base)
	if m == nil {
		return "", ""
	}
	language, version = languages[m[1]], m[2]
	if m[1] == "nodejs" {
		language = "node"
	}
	switch {
	case language == "python" && version == "3":
		version = distributionPython(m[3])
	case language != "node" && language != "java" && len(version) > 1: // 36 is 3.6, 311 is 3.11
		version = version[:1] + "." + version[1:]
	}
	return language, version
}

// pythonOf is the Python 3 that a release of Debian or Ubuntu has, by its name and its number.
var pythonOf = []struct{ release, version string }{
	{"jessie", "3.4"}, {"8", "3.4"}, {"stretch", "3.5"}, {"9", "3.5"}, {"buster", "3.7"}, {"10", "3.7"}, {"bullseye", "3.9"}, {"11", "3.9"},
	{"bookworm", "3.11"}, {"12", "3.11"}, {"trixie", "3.13"}, {"13", "3.13"},
	{"trusty", "3.4"}, {"14.04", "3.4"}, {"xenial", "3.5"}, {"16.04", "3.5"}, {"bionic", "3.6"}, {"18.04", "3.6"}, {"focal", "3.8"}, {"20.04", "3.8"},
	{"jammy", "3.10"}, {"22.04", "3.10"}, {"noble", "3.12"}, {"24.04", "3.12"},
}

// distributionPython is the Python 3 of the release that a tag or a name begins with, "" where it is not known.
func distributionPython(release string) string {
	release, _, _ = strings.Cut(release, "-")
	if major, minor, ok := strings.Cut(release, "."); ok && minor != "04" { // 10.3 is a buster
		release = major
	}
	for _, p := range pythonOf {
		if p.release == release {
			return p.version
		}
	}
	return ""
}

var (
	systemInstall = scan.MustCompile(`(?s)\b(?:apt-get|apt|aptitude)\b[^;&|]*?\binstall\b([^;&|]*)`)
	pythonPackage = scan.MustCompile(`^python(\d?(?:\.\d+)?)(?:-(?:dev|pip|venv|virtualenv|minimal|full|setuptools|distutils))?$`)
)

// installsPython notes which Python an instruction RUN takes from the packages of Debian or Ubuntu: the one that is named
// with its release, else what the distribution has as python3, else the Python 2 that python was for as long as it was there.
func (d *dockerfile) installsPython(lines []string, at int) {
	img := parseImage(d.from.image)
	if img.base != "debian" && img.base != "ubuntu" {
		return
	}
	for _, m := range systemInstall.FindAllStringSubmatch(strings.Join(lines, "\n"), 20) {
		for _, word := range strings.Fields(m[1]) {
			p := pythonPackage.FindStringSubmatch(word)
			if p == nil {
				continue
			}
			version, now := p[1], d.python.value
			switch {
			case version == "3":
				version = distributionPython(img.tag)
			case version == "" || version == "2":
				version = "2.7"
			}
			if version != "" && (now == "" || strings.Contains(p[1], ".") || now == "2.7" && version > now && !strings.Contains(m[1], "python-pip")) {
				d.python = claim{version, at}
			}
		}
	}
}

var (
	packageInstall = scan.MustCompile(`(?s)\b(?:apt-get|apt|aptitude|apk|yum|dnf)\b[^;&|]*?\b(?:install|add)\b([^;&|]*)`)
	phpPackage     = scan.MustCompile(`^php(\d)\.?(\d)(?:-(?:fpm|cli|common|cgi|apache2|phar|json|opcache))?$`)
)

// installsPHP notes which PHP an instruction RUN takes from packages that are named after their release: php84-fpm, php7.4.
func (d *dockerfile) installsPHP(lines []string, at int) {
	for _, m := range packageInstall.FindAllStringSubmatch(strings.Join(lines, "\n"), 20) {
		for _, word := range strings.Fields(m[1]) {
			if p := phpPackage.FindStringSubmatch(word); p != nil && d.php.value == "" {
				d.php = claim{p[1] + "." + p[2], at}
			}
		}
	}
}
