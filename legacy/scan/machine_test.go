package scan

import (
	"strings"
	"testing"
)

func TestWithoutMachine(t *testing.T) {
	for line, want := range map[string]string{
		"bundle exec rake db:migrate RAILS_ENV=staging":                         "bundle exec rake db:migrate",
		"gunicorn --pid /run/shop.pid --error-logfile /var/log/x.log":           "gunicorn --error-logfile -",
		"uwsgi --socket /run/shop.sock --module shop":                           "uwsgi --http-socket 0.0.0.0:8000 --module shop",
		"memcached -s /run/memcached/shop.sock -m 64":                           "memcached -s /run/memcached/shop.sock -m 64",
		"starman --user=www --group=www --error-log=/var/log/shop.log app.psgi": "starman app.psgi",
		"psql --user=shop":                "psql --user=shop",
		"run MODE_ENV=x --log-level info": "run MODE_ENV=x --log-level info",
	} {
		if got := strings.Join(WithoutMachine(strings.Fields(line)), " "); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
