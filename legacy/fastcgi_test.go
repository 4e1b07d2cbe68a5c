package legacy

import (
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestPHPWithoutItsWebServer(t *testing.T) {
	for _, c := range []struct{ command, want, dockerfile string }{
		{"php-fpm", "apache2-foreground", ""},
		{"/usr/sbin/php-fpm7.4", "apache2-foreground", ""},
		{"supervisord", "supervisord", "Dockerfile"},
	} {
		r := resolve(t, says("dockerfile", scan.Finding{Service: service.Service{Language: "php", Port: 9000, Command: []string{c.command}, Build: &service.Build{Dockerfile: "Dockerfile", User: 33}}}),
			says("php", scan.Finding{Name: "web", Service: service.Service{Command: []string{"apache2-foreground"}}, Evidence: guess()}))
		s := r.App.Services["web"]
		if s == nil || !slices.Equal(s.Command, []string{c.want}) || s.Build.Dockerfile != c.dockerfile || (s.Port == 8080) != (c.dockerfile == "") {
			t.Errorf("%s: %+v, build %+v", c.command, s, s.Build)
		}
		if adopts := slices.ContainsFunc(r.Notes, func(n scan.Note) bool { return strings.Contains(n.Text, "`migrate adopt Dockerfile`") }); adopts != (c.dockerfile == "") {
			t.Errorf("%s: notes %v", c.command, r.Notes)
		}
	}
}

func TestNodeBesidePagesInPHP(t *testing.T) {
	r := resolve(t, says("php", scan.Finding{Name: "web", Service: service.Service{Language: "php", Command: []string{"apache2-foreground"}}}, scan.Finding{Process: "socket", Service: service.Service{Command: []string{"node", "socket.js"}}}))
	if !slices.ContainsFunc(r.Notes, func(n scan.Note) bool {
		return n.Text == "services.socket runs node and shares the image of web, which is made for php only: write a Dockerfile that holds both and name it in build.dockerfile of web"
	}) {
		t.Errorf("notes %v", r.Notes)
	}
}
