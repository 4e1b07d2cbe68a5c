package legacy

import (
	"slices"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestTheTracerOfOnePlaceStays(t *testing.T) {
	runs := func(words ...string) scan.Finding { return scan.Finding{Service: service.Service{Command: words}} }
	for _, c := range []struct{ image, procfile, want []string }{
		{[]string{"uwsgi", "uwsgi.ini"}, []string{"newrelic-admin", "run-program", "uwsgi", "uwsgi.ini"}, []string{"newrelic-admin", "run-program", "uwsgi", "uwsgi.ini"}},
		{[]string{"gunicorn", "shop"}, []string{"ddtrace-run", "gunicorn", "shop"}, []string{"ddtrace-run", "gunicorn", "shop"}},
		{[]string{"gunicorn", "shop"}, []string{"ddtrace-run", "gunicorn", "other"}, []string{"gunicorn", "shop"}},
		{[]string{"gunicorn", "shop"}, []string{"ddtrace-run"}, []string{"gunicorn", "shop"}},
	} {
		r := resolve(t, says("dockerfile", scan.Finding{Name: "web", Service: service.Service{Language: "python"}}, runs(c.image...)), says("procfile", runs(c.procfile...)))
		if s := r.App.Services["web"]; s == nil || !slices.Equal(s.Command, c.want) {
			t.Errorf("%v and %v: %+v", c.image, c.procfile, s)
		}
	}
}
