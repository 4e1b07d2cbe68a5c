package ops

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// headers are what Debian 12 calls the headers of a library, and the library that a program compiled with them loads; that
// is "" where every image has it.
type headers struct{ build, runtime string }

// headerPackages are packages with headers, by the names that distributions have had for them.
var headerPackages = map[string]headers{
	"libpq-dev": {"libpq-dev", "libpq5"}, "zlib1g-dev": {build: "zlib1g-dev"}, "libssl-dev": {build: "libssl-dev"}, "libbz2-dev": {build: "libbz2-dev"}, "liblzma-dev": {build: "liblzma-dev"}, "libreadline-dev": {build: "libreadline-dev"},
	"libsqlite3-dev": {"libsqlite3-dev", "libsqlite3-0"}, "libyaml-dev": {"libyaml-dev", "libyaml-0-2"}, "libffi-dev": {"libffi-dev", "libffi8"}, "libarchive-dev": {"libarchive-dev", "libarchive13"},
	"libxml2-dev": {"libxml2-dev", "libxml2"}, "libxslt1-dev": {"libxslt1-dev", "libxslt1.1"}, "libxslt-dev": {"libxslt1-dev", "libxslt1.1"}, "libxmlsec1-dev": {"libxmlsec1-dev", "libxmlsec1-openssl"},
	"libgeos-dev": {"libgeos-dev", "libgeos-c1v5"}, "libgeos++-dev": {"libgeos++-dev", "libgeos-c1v5"}, "libgdal-dev": {"libgdal-dev", "gdal-bin"},
	"libmysqlclient-dev": {"default-libmysqlclient-dev", "libmariadb3"}, "default-libmysqlclient-dev": {"default-libmysqlclient-dev", "libmariadb3"}, "libmariadbclient-dev": {"default-libmysqlclient-dev", "libmariadb3"}, "libmariadb-dev": {"libmariadb-dev", "libmariadb3"},
	"libldap2-dev": {"libldap-dev", "libldap-2.5-0"}, "libldap-dev": {"libldap-dev", "libldap-2.5-0"}, "libsasl2-dev": {"libsasl2-dev", "libsasl2-2"}, "libmemcached-dev": {"libmemcached-dev", "libmemcached11"},
	"libcurl4-openssl-dev": {"libcurl4-openssl-dev", "libcurl4"}, "libcurl4-gnutls-dev": {"libcurl4-openssl-dev", "libcurl4"}, "libcurl-dev": {"libcurl4-openssl-dev", "libcurl4"},
	"libjpeg-dev": {"libjpeg62-turbo-dev", "libjpeg62-turbo"}, "libjpeg8-dev": {"libjpeg62-turbo-dev", "libjpeg62-turbo"}, "libjpeg-turbo8-dev": {"libjpeg62-turbo-dev", "libjpeg62-turbo"}, "libjpeg62-turbo-dev": {"libjpeg62-turbo-dev", "libjpeg62-turbo"},
	"libpng-dev": {"libpng-dev", "libpng16-16"}, "libpng12-dev": {"libpng-dev", "libpng16-16"}, "libfreetype6-dev": {"libfreetype-dev", "libfreetype6"}, "libfreetype-dev": {"libfreetype-dev", "libfreetype6"},
	"libgd-dev": {"libgd-dev", "libgd3"}, "libgd2-xpm-dev": {"libgd-dev", "libgd3"}, "libmagickwand-dev": {"libmagickwand-dev", "imagemagick"}, "libmagickcore-dev": {"libmagickcore-dev", "imagemagick"}, "libvips-dev": {"libvips-dev", "libvips42"}, "libmagic-dev": {"libmagic-dev", "libmagic1"},
}

// headers takes over a package with the headers of a library, where the service has dependencies that may be compiled with them:
// a guess behind what those are known to need.
func (g *meaning) headers(m *managed, name string) bool {
	h, known := headerPackages[name]
	if !known || !g.listsAny() {
		return false
	}
	f := m.finding()
	f.Service = service.Service{Build: &service.Build{Packages: []string{h.build}}}
	if h.runtime != "" {
		f.Service.Build.Runtime = []string{h.runtime}
	}
	g.claim(m, f, managedValue{}, "headers "+h.build, scan.Guess, "package "+name)
	return true
}

// listsAny says whether the repository lists dependencies of a language.
func (g *meaning) listsAny() bool {
	g.lists("any")
	return len(g.dependencies) > 0
}
