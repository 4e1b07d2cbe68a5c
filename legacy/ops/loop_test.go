package ops

import (
	"strings"
	"testing"
)

func TestLoopsBecomeSchedules(t *testing.T) {
	for _, c := range []struct{ line, work, schedule string }{
		{"while true; do php artisan schedule:run; sleep 1m; done", "php artisan schedule:run", "* * * * *"},
		{"while :; do sleep 300; bin/tidy -a; done", "bin/tidy -a", "*/5 * * * *"},
		{"while sleep 3600; do bin/tidy; done", "bin/tidy", "0 * * * *"},
		{"while true; do bin/tidy; sleep 6h; done", "bin/tidy", "0 */6 * * *"},
		{"while [ 1 ]; do bin/tidy; sleep 1d; done", "bin/tidy", "0 0 * * *"},
		{"while true; do bin/tidy; sleep 7; done", "", ""},
		{"while true; do bin/tidy; bin/sweep; sleep 60; done", "", ""},
		{"while true; do node server.js; sleep 60; done", "", ""},
		{"while :; do celery -A shop worker; sleep 60; done", "", ""},
		{"while read line; do bin/tidy; sleep 60; done", "", ""},
		{"until true; do bin/tidy; sleep 60; done", "", ""},
		{"bin/tidy; sleep 60", "", ""},
	} {
		work, schedule, ok := looped([]string{"sh", "-c", c.line})
		if ok != (c.schedule != "") || ok && (strings.Join(work, " ") != c.work || schedule != c.schedule) {
			t.Errorf("%s: %v %q %v, want %q %q", c.line, work, schedule, ok, c.work, c.schedule)
		}
	}
}

func FuzzLoop(f *testing.F) {
	f.Add("while true; do a; sleep 1m; done")
	f.Fuzz(func(_ *testing.T, line string) { looped([]string{"sh", "-c", line}) })
}
