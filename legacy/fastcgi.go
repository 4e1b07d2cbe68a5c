package legacy

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	fastCGI      = scan.MustCompile(`^php-?fpm[\d.]*$`)
	withoutPages = scan.MustCompile(`^(apache2-foreground|frankenphp|/usr/sbin/apache2)$`)
)

// withWebServer leaves out an image of the team's that holds PHP's process manager alone, since the web server before it had
// an image of its own: neither probes nor a gateway speak FastCGI to a pod. The image that is generated has both in one.
func (r *resolver) withWebServer(at string, s *service.Service) {
	if s.Language != "php" || s.Build == nil || s.Build.Dockerfile == "" || len(s.Command) == 0 || !fastCGI.MatchString(path.Base(s.Command[0])) {
		return
	}
	field := at + ".command"
	for i, c := range r.Claims[field] {
		words := strings.Fields(c.Value)
		if c.Reader != "php" || len(words) == 0 || !withoutPages.MatchString(words[0]) {
			continue
		}
		text := "holds PHP's process manager, which speaks FastCGI alone, and the web server before it ran in a container of its own: not used to build, and the image that migrate writes has Apache and PHP in one"
		if s.Build.Dockerfile == "Dockerfile" { // which stays until somebody says so
			text += ". `migrate adopt " + path.Join(s.Dir, s.Build.Dockerfile) + "` shows it"
		}
		r.note(r.Claims[at+".build.dockerfile"][0].Evidence, text)
		s.Command = words
		r.Claims[field] = append([]Claim{c}, append(r.Claims[field][:i:i], r.Claims[field][i+1:]...)...)
		s.Build.Dockerfile, s.Build.Context, s.Build.Target, s.Build.User, s.Build.Wraps = "", "", "", 0, false
		for _, name := range []string{"dockerfile", "context", "target", "user", "wraps"} {
			delete(r.Claims, at+".build."+name)
		}
		if s.Port == 0 || s.Port == 9000 {
			s.Port = 8080
			r.Claims[at+".port"] = append([]Claim{{c.Evidence, "8080", c.order}}, r.Claims[at+".port"]...)
		}
		return
	}
}
