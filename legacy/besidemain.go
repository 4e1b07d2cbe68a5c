package legacy

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// virtualEnvironment is where a virtual environment of Python's has its programs; ofEnvironment are such programs.
var (
	virtualEnvironment = scan.MustCompile(`(^|/)(\.?v?env|virtualenv|ve)/bin$`)
	ofEnvironment      = scan.MustCompile(`^(python[\d.]*|celery|flask|gunicorn|uwsgi|uvicorn|daphne|alembic|rq|rqworker|huey_consumer(\.py)?|dramatiq|django-admin|newrelic-admin)$`)
)

// besideMain takes the program of a release, another one of a Cargo package, Go's with another command, or one of Python's
// virtual environment from where the team's own image has it: beside the one that the image starts, or that one itself.
func (r *resolver) besideMain(at string, s, main *service.Service) {
	if main.Build == nil || main.Build.Dockerfile == "" || len(main.Command) == 0 {
		return
	}
	dir := path.Dir(main.Command[0])
	switch {
	case (main.Language == "elixir" || main.Language == "erlang") && path.Dir(s.Command[0]) == "/app/bin" && path.Base(dir) == "bin" && !strings.HasPrefix(dir, "/usr/") && dir != "/bin",
		main.Language == "rust" && path.Dir(s.Command[0]) == "/app" && path.IsAbs(dir):
		s.Command[0] = path.Join(dir, path.Base(s.Command[0]))
	case main.Language == "go" && path.Dir(s.Command[0]) == "/app" && path.Base(s.Command[0]) == path.Base(main.Command[0]):
		s.Command[0] = main.Command[0]
	case main.Language == "python" && virtualEnvironment.MatchString(dir) && ofEnvironment.MatchString(s.Command[0]):
		s.Command[0] = path.Join(dir, s.Command[0])
	default:
		return
	}
	if claims := r.Claims[at+".command"]; len(claims) > 0 {
		claims[0].Value = strings.Join(s.Command, " ")
	}
}
