package host_test

import (
	"fmt"
	"strings"
	"testing"
)

// No crontab fills the memory of who looks at the machine.
func TestCrontabsAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, "A%d=1\n* * * * * shop x\nA0=%d\n", i, i)
	}
	m := shop()
	m["etc/cron.d/shop"] = text.String()
	s := m.take(t)
	jobs, variables := 0, 0
	for _, j := range s.Cron {
		if j.File == "/etc/cron.d/shop" {
			jobs++
			variables = max(variables, len(j.Environment))
			if want := fmt.Sprint(max(jobs-2, 0)); jobs > 1 && *j.Environment["A0"] != want {
				t.Fatalf("job %d has A0=%s", jobs, *j.Environment["A0"])
			}
		}
	}
	var unseen []string
	for _, u := range s.Unseen {
		if u.What == "/etc/cron.d/shop" {
			unseen = append(unseen, u.Reason)
		}
	}
	if jobs != 1000 || variables != 200 || len(unseen) != 2 {
		t.Errorf("%d jobs with up to %d variables, unseen %q", jobs, variables, unseen)
	}
}
