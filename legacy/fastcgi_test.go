package legacy

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestFastCGI(t *testing.T) {
	for name, c := range map[string]struct {
		command, procfile, dockerfile, pages string
		port                                 int
	}{
		"of the team's image":      {"php-fpm", "", "Dockerfile", "/var/www/public", 9000},
		"with its version":         {"/usr/local/sbin/php-fpm7.4", "", "Dockerfile", "/var/www/public", 9000},
		"in the end of a script":   {"/start.sh", "", "Dockerfile", "/var/www/public", 9000},
		"that others do not start": {"php-fpm", "apache2-foreground", "Dockerfile", "", 8080},
		"of the image made of it ": {"php-fpm", "", "", "", 8080},
	} {
		var other []string
		if c.procfile != "" {
			other = []string{c.procfile}
		}
		r := resolve(t, says("procfile", scan.Finding{Service: service.Service{Command: other}}), says("dockerfile", scan.Finding{Service: service.Service{Language: "php", Command: []string{c.command}, Edge: &service.Edge{FastCGI: "/var/www"}, Build: &service.Build{Dockerfile: c.dockerfile}}}),
			says("php", scan.Finding{Service: service.Service{Port: 8080, Build: &service.Build{Tool: "composer", Artifact: "public"}}}))
		s := r.App.Services["web"]
		if got := pages(s); got != c.pages || s.Port != c.port || noted(r, "FastCGI") != (c.pages != "") {
			t.Errorf("%s: %q at %d, %v", name, got, s.Port, r.Notes)
		}
	}
}

func pages(s *service.Service) string {
	if s.Edge == nil {
		return ""
	}
	return s.Edge.FastCGI
}

// What a web server asks by FastCGI is no worker, whatever else is known of it.
func TestFastCGIIsNamedForTheWeb(t *testing.T) {
	r := resolve(t, says("dockerfile", scan.Finding{Service: service.Service{Language: "php", Command: []string{"php-fpm"}, Build: &service.Build{Dockerfile: "Dockerfile"}}}))
	if r.App.Services["web"] == nil {
		t.Errorf("services %v", r.App.ServiceNames())
	}
}
