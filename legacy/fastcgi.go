package legacy

import (
	"path"
	"strconv"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// fastCGIPort is where php-fpm listens in the images of PHP.
const fastCGIPort = 9000

// fastCGI settles where the pages of a service lie that speaks no HTTP: the team's image runs php-fpm, and the web server that
// asked it was another one. Where it does not, the image brings its web server, or the generated one has Apache.
func (r *resolver) fastCGI(at string, s *service.Service) {
	field := at + ".edge.fastcgi"
	speaks := s.Build.Dockerfile != "" && (scan.SpeaksFastCGI(s.Command) || r.ofOneFile(at+".command", field))
	if s.Edge == nil || s.Edge.FastCGI == "" || !speaks {
		if s.Edge != nil {
			s.Edge.FastCGI = ""
			delete(r.Claims, field)
		}
		return
	}
	s.Edge.FastCGI = path.Join(s.Edge.FastCGI, s.Build.Artifact)
	r.Claims[field][0].Value = s.Edge.FastCGI
	r.note(r.Claims[field][0].Evidence, "php-fpm speaks FastCGI, which neither a gateway nor a probe does: a web server in the pod asks it, with a copy of "+s.Edge.FastCGI+
		". Without this Dockerfile and without build.dockerfile in "+service.FileName+", `migrate generate` writes one with Apache and PHP in it")
	if !r.imageSays(at + ".port") {
		s.Port = fastCGIPort
		claim := r.Claims[field][0]
		claim.Value, claim.Note = strconv.Itoa(s.Port), "where php-fpm listens"
		r.Claims[at+".port"] = append([]Claim{claim}, r.Claims[at+".port"]...)
	}
}

// ofOneFile says whether a file that says one thing also says the other: of a start script, what it starts in the end.
func (r *resolver) ofOneFile(one, other string) bool {
	a, b := r.Claims[one], r.Claims[other]
	return len(a) > 0 && len(b) > 0 && a[0].Reader == b[0].Reader && a[0].File == b[0].File
}
