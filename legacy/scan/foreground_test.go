package scan_test

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

func TestForeground(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"case 'f': daemonize = 0; break;", "-f"}, {"case 'F':\n  cfg->foreground = true;", "-F"}, {"case 'n': no_fork++;", "-n"}, {"case 'x': opts.run_in_background = false;", "-x"},
		{"case 'd': daemonize = 1;", ""}, {"case 'd': nofork = 0;", ""}, {"case 'v': verbose = 1;", ""}, {"puts(\"  -f  stay in the foreground\");", "-f"}, {"puts(\"  -d  daemonize (default: stay in foreground)\");", ""},
	} {
		got := ""
		if found := scan.Foreground(c.text); len(found) > 0 {
			got = found[0].Groups[1]
		}
		if got != c.want {
			t.Errorf("%q: %q", c.text, got)
		}
	}
}
