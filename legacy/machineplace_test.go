package legacy

import "testing"

func TestPlacesOfTheMachine(t *testing.T) {
	for place, want := range map[string]bool{"/usr/local": true, "/usr/local/bin": true, "/usr/share": true, "/usr/share/shop": false, "/srv/shop": false, "/usr/local/shop": false} {
		if got := machinePlace.MatchString(place); got != want {
			t.Errorf("%s: %v", place, got)
		}
	}
	for process, want := range map[string]bool{"prod": true, "production": true, "production-blue": true, "web": true, "staging": false, "worker": false} {
		if got := onlyServes(process); got != want {
			t.Errorf("%s serves: %v", process, got)
		}
	}
}
