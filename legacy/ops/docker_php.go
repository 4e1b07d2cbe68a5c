package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// phpExtension are extensions that come with PHP's sources, and that an image has to compile in.
var phpExtension = scan.MustCompile(`^(bcmath|bz2|calendar|exif|gd|gettext|gmp|imap|intl|ldap|mysqli|pcntl|pdo_mysql|pdo_pgsql|pgsql|shmop|snmp|soap|sockets|sysvmsg|sysvsem|sysvshm|tidy|xsl|zip)$`)

// installsExtensions takes over what a step compiles into PHP: docker-php-ext-install -j4 gd intl.
func (d *dockerfile) installsExtensions(lines []string, line int) {
	text := strings.NewReplacer("\\\n", " ", "&&", "\n", ";", "\n").Replace(strings.Join(lines, "\n"))
	for step := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(step)
		if at := slices.Index(words, "docker-php-ext-install"); at >= 0 {
			for _, word := range words[at+1:] {
				if phpExtension.MatchString(word) {
					d.extensions = append(d.extensions, claim{word, line})
				}
			}
		}
	}
}

// reportExtensions says which extensions of PHP the code runs with, whichever image it comes to run in.
func (d *dockerfile) reportExtensions(r *scan.Report) {
	for _, e := range d.extensions {
		r.Find(d.finding(service.Service{Build: &service.Build{Extensions: []string{e.value}}}), d.file, e.line, scan.Convention, "the image has it")
	}
}
