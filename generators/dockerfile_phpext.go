package generators

import (
	"fmt"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// phpExtension says how one extension comes into the published image: with the sources of PHP, or from PECL.
type phpExtension struct {
	packages  []string // Debian's headers that it is compiled against
	configure string   // options of docker-php-ext-configure
	pecl      bool
	elsewhere string // what has to be there first and is in no Debian package
}

var phpKnown = map[string]phpExtension{
	"bz2": {packages: []string{"libbz2-dev"}}, "gd": {packages: []string{"libfreetype6-dev", "libjpeg62-turbo-dev", "libpng-dev"}, configure: "--with-freetype --with-jpeg"}, "gmp": {packages: []string{"libgmp-dev"}},
	"imap": {packages: []string{"libc-client-dev", "libkrb5-dev"}, configure: "--with-kerberos --with-imap-ssl"}, "intl": {packages: []string{"libicu-dev"}}, "ldap": {packages: []string{"libldap2-dev"}, configure: `--with-libdir="lib/$(gcc -dumpmachine)"`},
	"mcrypt": {packages: []string{"libmcrypt-dev"}}, "pdo_pgsql": {packages: []string{"libpq-dev"}}, "pgsql": {packages: []string{"libpq-dev"}}, "pspell": {packages: []string{"libpspell-dev"}}, "snmp": {packages: []string{"libsnmp-dev"}}, "soap": {packages: []string{"libxml2-dev"}},
	"tidy": {packages: []string{"libtidy-dev"}}, "xmlrpc": {packages: []string{"libxml2-dev"}}, "xsl": {packages: []string{"libxslt1-dev"}}, "zip": {packages: []string{"libzip-dev", "zlib1g-dev"}}, "pdo_dblib": {packages: []string{"freetds-dev"}, configure: `--with-libdir="lib/$(gcc -dumpmachine)"`},
	"bcmath": {}, "calendar": {}, "dba": {}, "exif": {}, "gettext": {}, "mysql": {}, "mysqli": {}, "opcache": {}, "pcntl": {}, "pdo_mysql": {}, "shmop": {}, "sockets": {}, "sysvmsg": {}, "sysvsem": {}, "sysvshm": {},
	"amqp": {packages: []string{"librabbitmq-dev"}, pecl: true}, "imagick": {packages: []string{"libmagickwand-dev"}, pecl: true}, "memcached": {packages: []string{"libmemcached-dev", "libssl-dev", "zlib1g-dev"}, pecl: true}, "memcache": {packages: []string{"zlib1g-dev"}, pecl: true},
	"mongodb": {packages: []string{"libssl-dev"}, pecl: true}, "rdkafka": {packages: []string{"librdkafka-dev"}, pecl: true}, "ssh2": {packages: []string{"libssh2-1-dev"}, pecl: true}, "uuid": {packages: []string{"uuid-dev"}, pecl: true}, "yaml": {packages: []string{"libyaml-dev"}, pecl: true},
	"oci8": {elsewhere: "Oracle's Instant Client"}, "pdo_oci": {elsewhere: "Oracle's Instant Client"}, "sqlsrv": {elsewhere: "Microsoft's ODBC driver"}, "pdo_sqlsrv": {elsewhere: "Microsoft's ODBC driver"},
}

// peclFor are the last releases that old versions of PHP can compile, by extension: before PHP 7, and before 7.2.
var peclFor = map[string][2]string{"redis": {"4.3.0", "5.3.7"}, "memcached": {"2.2.0", "3.1.5"}, "mongodb": {"1.7.5", "1.11.1"}, "apcu": {"4.0.11", "5.1.21"}, "amqp": {"1.9.4", "1.11.0"}, "memcache": {"3.0.8", "4.0.5.2"}, "yaml": {"1.3.2", "2.2.1"}, "igbinary": {"2.0.8", "3.2.7"}}

var phpExtensionName = pattern.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// phpExtensionSteps gives the Debian packages and the instructions that bring the extensions in; the cache of compiled code
// is always among them.
func phpExtensionSteps(names []string, version int) (packages, steps []string, err error) {
	set := map[string]bool{"opcache": version < 805} // from then on it is part of PHP
	for _, n := range names {
		if !phpExtensionName.MatchString(n) {
			return nil, nil, fmt.Errorf("build.extensions: %q is no name of an extension of PHP", n)
		}
		set[n] = n != "opcache" || version < 805
	}
	var sorted, install, pecl, enable, run []string
	for n, wanted := range set {
		if wanted {
			sorted = append(sorted, n)
		}
	}
	sort.Strings(sorted)
	for _, n := range sorted {
		e, known := phpKnown[n]
		packages = append(packages, e.packages...)
		switch {
		case e.elsewhere != "":
			steps = append(steps, fmt.Sprintf("# %s wants %s: install it and the extension here", n, e.elsewhere))
		case !known || e.pecl:
			release := n
			if old := peclFor[n]; version < 700 && old[0] != "" {
				release += "-" + old[0]
			} else if version < 702 && old[1] != "" {
				release += "-" + old[1]
			}
			pecl, enable = append(pecl, release), append(enable, n)
		default:
			if n == "gd" && version < 704 {
				e.configure = "--with-freetype-dir=/usr/include --with-jpeg-dir=/usr/include"
			}
			if e.configure != "" {
				run = append(run, "docker-php-ext-configure "+n+" "+e.configure)
			}
			install = append(install, n)
		}
	}
	if len(install) > 0 {
		run = append(run, "docker-php-ext-install "+strings.Join(install, " "))
		steps = append(steps, "RUN "+strings.Join(run, " \\\n && "))
	}
	if len(pecl) > 0 {
		steps = append(steps, fmt.Sprintf("RUN pecl install %s </dev/null \\\n && docker-php-ext-enable %s", strings.Join(pecl, " "), strings.Join(enable, " ")))
	}
	sort.Strings(packages)
	return packages, steps, nil
}
