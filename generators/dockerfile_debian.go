package generators

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// debianReasons says what a Debian package is for, as a comment beside its installation.
var debianReasons = map[string]string{
	"binutils":                   "finds the libraries that the service loads by their names",
	"build-essential":            "compiles extensions that come as source",
	"clamav":                     "the service has files scanned for viruses",
	"default-libmysqlclient-dev": "MySQL client headers",
	"exiftool":                   "the service reads the metadata of pictures",
	"ffmpeg":                     "the service converts sound and video",
	"fonts-dejavu":               "letters for what the service draws",
	"fonts-liberation":           "letters for what the service draws",
	"g++":                        "compiles extensions that come as source",
	"gcc":                        "compiles extensions that come as source",
	"gdal-bin":                   "the service works with maps (GDAL)",
	"gettext":                    "compiles the translations",
	"ghostscript":                "the service converts PDF and PostScript",
	"git":                        "dependencies that are fetched from git",
	"graphicsmagick":             "the service converts pictures",
	"graphviz":                   "the service draws graphs",
	"imagemagick":                "the service converts pictures",
	"libcurl4-openssl-dev":       "libcurl headers",
	"libarchive-dev":             "libarchive headers",
	"libcap-ng-dev":              "libcap-ng headers",
	"liblzo2-dev":                "LZO headers",
	"libzstd-dev":                "Zstandard headers",
	"libffi-dev":                 "libffi headers",
	"libffi8":                    "calls into C libraries",
	"libgeos-c1v5":               "the service works with maps (GEOS)",
	"libimage-exiftool-perl":     "the service reads the metadata of pictures",
	"libjpeg-dev":                "JPEG headers",
	"libjpeg62-turbo":            "the service reads JPEG pictures",
	"libjpeg62-turbo-dev":        "JPEG headers",
	"libldap-2.5-0":              "the LDAP client library",
	"libldap-dev":                "OpenLDAP headers",
	"libldap2-dev":               "OpenLDAP headers",
	"libmagic1":                  "tells what is in a file",
	"libmariadb-dev":             "MariaDB client headers",
	"libmariadb3":                "the MySQL client library",
	"libmemcached-dev":           "libmemcached headers",
	"libmemcached11":             "the memcached client library",
	"libpq-dev":                  "PostgreSQL client headers",
	"libpq5":                     "the PostgreSQL client library",
	"librsvg2-bin":               "the service converts SVG",
	"libsasl2-2":                 "log-in to LDAP and mail servers (SASL)",
	"libsasl2-dev":               "SASL headers",
	"libssl-dev":                 "OpenSSL headers",
	"libxml2":                    "parses XML and HTML",
	"libxml2-dev":                "libxml2 headers",
	"libxmlsec1-dev":             "XML signatures",
	"libxmlsec1-openssl":         "XML signatures",
	"libxslt1-dev":               "libxslt headers",
	"libxslt1.1":                 "transforms XML",
	"make":                       "node-gyp, which compiles native modules",
	"pandoc":                     "the service converts documents",
	"pdftk":                      "the service puts PDFs together",
	"pkg-config":                 "finds the libraries to compile against",
	"poppler-utils":              "the service reads PDFs",
	"python2":                    "node-gyp, which compiles native modules",
	"python3":                    "node-gyp, which compiles native modules",
	"qpdf":                       "the service puts PDFs together",
	"tesseract-ocr":              "the service reads text in pictures",
	"tzdata":                     "time zones by name",
	"unoconv":                    "the service converts office documents",
	"wkhtmltopdf":                "the service makes PDFs of web pages",
	"xvfb":                       "a display for what needs one",
	"zlib1g-dev":                 "zlib headers",
}

// debianNames gives the name in older suites of a package that bookworm calls differently. Packages in the model have
// bookworm's names.
var debianNames = map[string]map[suite]string{
	"libffi8":        {bullseye: "libffi7", buster: "libffi6", stretch: "libffi6", jessie: "libffi6"},
	"libldap-2.5-0":  {bullseye: "libldap-2.4-2", buster: "libldap-2.4-2", stretch: "libldap-2.4-2", jessie: "libldap-2.4-2"},
	"libldap-dev":    {bullseye: "libldap2-dev", buster: "libldap2-dev", stretch: "libldap2-dev", jessie: "libldap2-dev"},
	"libssl3":        {bullseye: "libssl1.1", buster: "libssl1.1", stretch: "libssl1.1", jessie: "libssl1.0.0"},
	"libmariadb3":    {stretch: "libmariadb2", jessie: "libmysqlclient18"},
	"libmariadb-dev": {jessie: "libmysqlclient-dev"},
	"python2":        {buster: "python", stretch: "python", jessie: "python"},

	"default-libmysqlclient-dev": {jessie: "libmysqlclient-dev"},
}

var debianName = pattern.MustCompile(`^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+~:-]+)?$`)

// aptSteps are the steps that install what the build needs and what the running program needs, on one suite.
func aptSteps(b service.Build, on suite) (build, runtime string, err error) {
	if build, err = aptStep(b.Packages, on); err != nil {
		return "", "", err
	}
	runtime, err = aptStep(b.Runtime, on)
	return build, runtime, err
}

// aptStep is the RUN that installs Debian packages, with a comment on what each is for; empty where there are none.
func aptStep(packages []string, on suite) (string, error) {
	if len(packages) == 0 {
		return "", nil
	}
	var comments, commands []string
	names := make([]string, 0, len(packages))
	for _, p := range packages {
		if !debianName.MatchString(p) {
			return "", fmt.Errorf("%q is no name of a Debian package: correct build.packages or build.runtime", p)
		}
		if why := debianReasons[p]; why != "" {
			comments = append(comments, "# "+p+": "+why)
		}
		if old := debianNames[p][on]; old != "" {
			p = old
		}
		names = append(names, p)
	}
	update := "apt-get update"
	if on.archived() {
		comment, command := archiveSources(on)
		comments, commands = append(comments, comment), append(commands, command)
		update = "apt-get -o Acquire::Check-Valid-Until=false update"
	}
	commands = append(commands, update,
		"apt-get install --yes --no-install-recommends "+strings.Join(names, " "),
		"rm -rf /var/lib/apt/lists/*")
	return strings.Join(append(comments, "RUN "+strings.Join(commands, " \\\n && ")), "\n") + "\n", nil
}

// archiveSources replaces the package sources of an old image, which answer 404 today. The keys that signed jessie and
// stretch have expired since, so apt can't check their packages any more.
func archiveSources(on suite) (comment, command string) {
	option := ""
	comment = fmt.Sprintf("# Debian %s has left the mirrors: its packages are kept at archive.debian.org and get no updates", on)
	if on != buster {
		option = "[trusted=yes] "
		comment += ";\n# trusted=yes, as the keys that signed them have expired"
	}
	command = fmt.Sprintf("printf 'deb %[1]shttp://archive.debian.org/%%s main\\n' 'debian %[2]s' 'debian-security %[2]s/updates' \\\n    > /etc/apt/sources.list", option, on)
	return comment, command
}
